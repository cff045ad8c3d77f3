import { type ContextValues, valuesHere } from '../context/values.ts';
import { CancelledError, strayCancellation, TaskCancelledError } from '../errors/cancelled-error.ts';
import { ambientScope } from '../scope/ambient.ts';
import { checkpointScope } from '../scope/current.ts';
import { childless } from '../scope/enter.ts';
import { NOTHING_LEFT, withoutCancellations } from '../scope/is-cancelled.ts';
import { refuse } from '../scope/refuse.ts';
import { Scope } from '../scope/scope.ts';
import { sight } from '../sight/observer.ts';
import { Followers } from './followers.ts';
import type { Group } from './group.ts';

/** Where a task stands: `pending` has not begun, `running` has, `done`, `failed` and `cancelled` are ends. */
export type TaskState = 'pending' | 'running' | 'done' | 'failed' | 'cancelled';

/**
 * A running async function with a name, a parent and a cancel scope. Awaiting it gives its value or throws its error; the wait is a
 * checkpoint, so a cancel of the waiter ends it (and leaves the task alone). Its failure belongs to its group: it never becomes an
 * unhandled rejection. An async function that returns a task awaits it.
 */
export interface Task<T> extends PromiseLike<T> {
  readonly name: string;
  readonly state: TaskState;
  /** Cancels this task alone. Its group goes on; who awaits it gets a {@link TaskCancelledError}. */
  cancel(reason?: unknown): void;
}

let taskCount = 0;

/** A task is a node of the cancel tree: its function runs inside it. There may be a million, so it is one object, and makes others only when asked. */
export class TaskNode<T> extends Scope implements Task<T> {
  state: TaskState = 'pending';
  /** Shared with the spawner until one of the two sets a context variable. */
  contextValues: ContextValues | null = valuesHere();
  /** Its name, or its number where it has none. */
  readonly #name: string | number;
  /** The function until it is called; the value or the error once it ended. */
  #content: unknown;
  #followers: Followers | null = null;

  constructor(group: Group, body: () => T | PromiseLike<T>, name: string | undefined) {
    super(group, group.runtime, true);
    this.#content = body;
    const number = ++taskCount;
    this.#name = name ?? (body.name === '' ? number : body.name);
  }

  get group(): Group {
    return this.parent as Group;
  }

  get name(): string {
    return typeof this.#name === 'string' ? this.#name : `task-${this.#name}`;
  }

  override get cancelledCaught(): boolean {
    return this.state === 'cancelled';
  }

  override get label(): string {
    return `task '${this.name}'`;
  }

  get waitLabel(): string {
    return this.label;
  }

  /** The value of a task that is done, the error of one that failed, the cancellation of one that was cancelled. */
  get outcome(): unknown {
    return this.#content;
  }

  /** Calls the function and waits for what it gives. The caller has entered the task already. */
  proceed(): void {
    const body = this.#content as () => T | PromiseLike<T>;
    this.#content = undefined;
    this.state = 'running';
    if (sight.observer !== null) sight.observer.started(this as TaskNode<unknown>);
    try {
      const result = body();
      if (result instanceof Promise && result.constructor === Promise) result.then(fulfilledHere, rejectedHere);
      else if (isThenable(result)) {
        result.then(
          (value) => this.ended(true, value),
          (error) => this.ended(false, error),
        );
      } else this.ended(true, result);
    } catch (error) {
      this.ended(false, error);
    }
  }

  // biome-ignore lint/suspicious/noThenProperty: a task is awaited like a promise, and the wait is a checkpoint
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.join().then(onFulfilled, onRejected);
  }

  /** Waits for the end in the caller's scope. */
  join(): Promise<T> {
    if (this.state === 'done') return Promise.resolve(this.outcome as T);
    if (this.state === 'failed') return Promise.reject(this.outcome);
    const scope = checkpointScope();
    if (scope.by !== null) return refuse(scope);
    if (this.state === 'cancelled') return Promise.reject(new TaskCancelledError(this.name, this.outcome));
    return this.#follow().join(scope) as Promise<T>;
  }

  /** Calls `watcher` when the task has ended; the answer takes it back. */
  watch(watcher: () => void): () => void {
    const { watchers } = this.#follow();
    watchers.add(watcher);
    return () => watchers.delete(watcher);
  }

  #follow(): Followers {
    this.#followers ??= new Followers(this);
    return this.#followers;
  }

  /** The function has ended. */
  ended(ok: boolean, outcome: unknown): void {
    if (this.firstChild === null) {
      this.#settle(ok, outcome);
      return;
    }
    // Something was begun in the task and not awaited: the task ends when it has.
    if (!ok) this.cancelAs('sibling', outcome);
    void childless(this).then(() => this.ended(ok, outcome));
  }

  #settle(ok: boolean, outcome: unknown): void {
    if (ok) this.#finish('done', outcome);
    else this.#judge(outcome);
    const followers = this.#followers;
    this.#followers = null;
    followers?.answer((joiner) => {
      if (this.state === 'done') joiner.grant(this.outcome);
      else joiner.fail(this.state === 'failed' ? this.outcome : new TaskCancelledError(this.name, this.outcome));
    });
    if (this.state === 'failed') this.report(this.outcome);
    if (this.state === 'cancelled') this.group.childCancelled(this.name, this.outcome);
    this.close();
    if (followers !== null) for (const watcher of followers.watchers) watcher();
    if (sight.observer !== null) sight.observer.exited(this as TaskNode<unknown>);
  }

  #judge(thrown: unknown): void {
    const error = withoutCancellations(this, thrown);
    if (error === NOTHING_LEFT) {
      this.#finish('cancelled', this.cancellation);
    } else this.#finish('failed', error instanceof CancelledError ? strayCancellation(this.label, error) : error);
  }

  #finish(state: TaskState, outcome: unknown): void {
    this.state = state;
    this.#content = outcome;
  }

  /** Hands a failure to who answers for it: the group. */
  protected report(error: unknown): void {
    this.group.childFailed(error, this.name);
  }
}

// What waits for a promise runs in the context in which it began to wait, here that of the task: so all tasks share two functions.
const fulfilledHere = (value: unknown): void => (ambientScope() as TaskNode<unknown>).ended(true, value);
const rejectedHere = (error: unknown): void => (ambientScope() as TaskNode<unknown>).ended(false, error);

function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && typeof (value as PromiseLike<T>).then === 'function';
}
