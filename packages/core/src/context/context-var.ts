import { UsageError } from '../errors/usage-error.ts';
import { scopeHere } from '../scope/current.ts';
import type { Scope } from '../scope/scope.ts';
import { portableKey, portableNow } from './portable.ts';
import { runWith } from './run-with.ts';
import { type ContextValues, replaceValues, valuesHere } from './values.ts';

/** Options of a {@link ContextVar}. */
export interface ContextVarOptions<T> {
  /** What `get` gives where nothing was set. Without it that is an error. */
  readonly default?: T;
  /**
   * Whether what is called in another thread or process (`toThread`, `offload` of `@sluice/offload`) sees the value too: there the variable is the portable
   * one of the same name, wherever it is made. The value is copied by structured clone at the call; what cannot be copied fails the call. Default false.
   */
  readonly portable?: boolean;
}

/** What `ContextVar.set` gives and `ContextVar.reset` takes, once. */
export interface ContextToken {
  readonly variable: ContextVar<unknown>;
}

/**
 * A variable with a value for each task: what a task sets, its later children see, its parent and siblings do not (after Python's contextvars).
 * Code outside every task shares one value: use {@link run} there.
 *
 * @example
 * const requestId = new ContextVar<string>('requestId', { default: '-' });
 * await requestId.run('42', () => handle()); // everything that handle() calls and spawns sees '42'
 */
export class ContextVar<T> {
  /** The portable values that the caller sees, by the names of their variables; undefined when there are none. For who carries a call elsewhere. */
  static portableValues(): Readonly<Record<string, unknown>> | undefined {
    return portableNow();
  }

  /** Runs `fn` as a task of its own in which portable variables have these values: the other end of {@link portableValues}. */
  static runWithPortable<R>(values: Readonly<Record<string, unknown>>, fn: () => R | PromiseLike<R>): Promise<R> {
    const entries = Object.entries(values).map(([name, value]) => [portableKey(name), value] as const);
    return runWith(entries, fn, 'portable');
  }

  readonly name: string;
  readonly #key: object | symbol;
  readonly #default: { readonly value: T } | undefined;

  constructor(name: string, options: ContextVarOptions<T> = {}) {
    this.name = name;
    this.#key = options.portable === true ? portableKey(name) : this;
    this.#default = 'default' in options ? { value: options.default as T } : undefined;
  }

  /** The value here. @throws UsageError when there is none and no default. */
  get(): T {
    const values = valuesHere();
    if (values?.has(this.#key) === true) return values.get(this.#key) as T;
    if (this.#default !== undefined) return this.#default.value;
    throw new UsageError(`the context variable '${this.name}' has no value here: set() it first, or give it a default`);
  }

  /** Sets the value for the calling task and the children that it spawns from now on. */
  set(value: T): ContextToken {
    const token = new Token(this as ContextVar<unknown>, scopeHere().owner, valuesHere());
    replaceValues(new Map(valuesHere() ?? []).set(this.#key, value));
    return token;
  }

  /** Takes back what the `set` did that gave `token`. @throws UsageError for a token of another variable, another task, or one that was used. */
  reset(token: ContextToken): void {
    if (!(token instanceof Token) || token.variable !== this) {
      throw new UsageError(`the token was not given by set() of the context variable '${this.name}'`);
    }
    const before = token.use(scopeHere().owner);
    const values = new Map(valuesHere() ?? []);
    if (before?.has(this.#key) === true) values.set(this.#key, before.get(this.#key));
    else values.delete(this.#key);
    replaceValues(values);
  }

  /** Runs `fn` as a task of its own in which the variable has `value`, and gives what it gives. */
  run<R>(value: T, fn: () => R | PromiseLike<R>): Promise<R> {
    return runWith([[this.#key, value]], fn, this.name);
  }
}

class Token implements ContextToken {
  readonly variable: ContextVar<unknown>;
  readonly #task: Scope | null;
  readonly #before: ContextValues | null;
  #isUsed = false;

  constructor(variable: ContextVar<unknown>, task: Scope | null, before: ContextValues | null) {
    this.variable = variable;
    this.#task = task;
    this.#before = before;
  }

  use(task: Scope | null): ContextValues | null {
    if (this.#isUsed) throw new UsageError(`the token of '${this.variable.name}' was used already`);
    if (task !== this.#task) throw new UsageError(`the token of '${this.variable.name}' was made in another task`);
    this.#isUsed = true;
    return this.#before;
  }
}
