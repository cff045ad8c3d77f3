import { UsageError } from '../errors/usage-error.ts';
import { throwFailure } from '../many/gather.ts';
import { WholeGroup } from '../many/whole-group.ts';
import { scopeHere } from '../scope/current.ts';
import type { Scope } from '../scope/scope.ts';
import { replaceValues, valuesHere } from './values.ts';

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
  readonly name: string;
  readonly #default: { readonly value: T } | undefined;

  /** @param options `default` is what {@link get} gives where nothing was set. */
  constructor(name: string, options: { readonly default?: T } = {}) {
    this.name = name;
    this.#default = 'default' in options ? { value: options.default as T } : undefined;
  }

  /** The value here. @throws UsageError when there is none and no default. */
  get(): T {
    const values = valuesHere();
    if (values?.has(this) === true) return values.get(this) as T;
    if (this.#default !== undefined) return this.#default.value;
    throw new UsageError(`the context variable '${this.name}' has no value here: set() it first, or give it a default`);
  }

  /** Sets the value for the calling task and the children that it spawns from now on. */
  set(value: T): ContextToken {
    const token = new Token(this as ContextVar<unknown>, scopeHere().owner, valuesHere());
    replaceValues(new Map(valuesHere() ?? []).set(this, value));
    return token;
  }

  /** Takes back what the `set` did that gave `token`. @throws UsageError for a token of another variable, another task, or one that was used. */
  reset(token: ContextToken): void {
    if (!(token instanceof Token) || token.variable !== this) {
      throw new UsageError(`the token was not given by set() of the context variable '${this.name}'`);
    }
    const before = token.use(scopeHere().owner);
    const values = new Map(valuesHere() ?? []);
    if (before?.has(this) === true) values.set(this, before.get(this));
    else values.delete(this);
    replaceValues(values);
  }

  /** Runs `fn` as a task of its own in which the variable has `value`, and gives what it gives. */
  async run<R>(value: T, fn: () => R | PromiseLike<R>): Promise<R> {
    const group = new WholeGroup(scopeHere(), this.name);
    let result: R | undefined;
    const ending = await group.enter<void>(() => {
      group.spawn(
        async () => {
          this.set(value);
          result = await fn();
        },
        fn.name === '' ? `${this.name}.run` : fn.name,
      );
    });
    throwFailure(group);
    if (ending.kind === 'error') throw ending.error;
    return result as R;
  }
}

class Token implements ContextToken {
  readonly variable: ContextVar<unknown>;
  readonly #task: Scope | null;
  readonly #before: ReadonlyMap<object, unknown> | null;
  #isUsed = false;

  constructor(variable: ContextVar<unknown>, task: Scope | null, before: ReadonlyMap<object, unknown> | null) {
    this.variable = variable;
    this.#task = task;
    this.#before = before;
  }

  use(task: Scope | null): ReadonlyMap<object, unknown> | null {
    if (this.#isUsed) throw new UsageError(`the token of '${this.variable.name}' was used already`);
    if (task !== this.#task) throw new UsageError(`the token of '${this.variable.name}' was made in another task`);
    this.#isUsed = true;
    return this.#before;
  }
}
