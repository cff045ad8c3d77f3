import { type ContextValues, valuesHere } from '../context/values.ts';
import { CancelledError, strayCancellation, TaskCancelledError } from '../errors/cancelled-error.ts';
import { runInScope } from '../scope/ambient.ts';
import { checkpointScope } from '../scope/current.ts';
import { childless } from '../scope/enter.ts';
import { NOTHING_LEFT, withoutCancellations } from '../scope/is-cancelled.ts';
import { refuse } from '../scope/refuse.ts';
import { Scope } from '../scope/scope.ts';
import { Waiter } from '../scope/waiter.ts';
import { sight } from '../sight/observer.ts';
import { WaitQueue } from '../sync/wait-queue.ts';
import type { Group } from './group.ts';
import type { Ready } from './runtime.ts';

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

/** A task is a node of the cancel tree: its function runs inside it. */
export class TaskNode<T> extends Scope implements Task<T>, Ready {
  readonly group: Group;
  readonly id: number = ++taskCount;
  state: TaskState = 'pending';
  /** Shared with the spawner until one of the two sets a context variable. */
  contextValues: ContextValues | null = valuesHere();
  readonly #name: string | undefined;
  #body: (() => T | PromiseLike<T>) | undefined;
  /** The value, or the error, once it ended. */
  #outcome: unknown;
  #joiners: WaitQueue<Waiter<unknown>> | undefined;
  #watchers: Set<() => void> | undefined;

  constructor(group: Group, body: () => T | PromiseLike<T>, name: string | undefined) {
    super(group, group.runtime, true);
    this.group = group;
    this.#body = body;
    this.#name = name ?? (body.name === '' ? undefined : body.name);
  }

  get name(): string {
    return this.#name ?? `task-${this.id}`;
  }

  override get label(): string {
    return `task '${this.name}'`;
  }

  get waitLabel(): string {
    return this.label;
  }

  /** The value of a task that is done, the error of one that failed, the cancellation of one that was cancelled. */
  get outcome(): unknown {
    return this.#outcome;
  }

  /** Starts the function: called by the runtime's queue. */
  proceed(): void {
    this.state = 'running';
    this.beganAt = this.runtime.turnAt;
    if (sight.observer !== null) sight.observer.started(this as TaskNode<unknown>);
    runInScope(this as Scope, begin, this);
  }

  /** Calls the function and waits for what it gives, inside the task: a task or another lazy thenable only begins to wait when it is asked. */
  begin(): void {
    const body = this.#body!;
    this.#body = undefined;
    try {
      const result = body();
      if (isThenable(result)) {
        result.then(
          (value) => this.#ended(true, value),
          (error) => this.#ended(false, error),
        );
      } else this.#ended(true, result);
    } catch (error) {
      this.#ended(false, error);
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
    if (this.state === 'done') return Promise.resolve(this.#outcome as T);
    if (this.state === 'failed') return Promise.reject(this.#outcome);
    const scope = checkpointScope();
    if (scope.by !== null) return refuse(scope);
    if (this.state === 'cancelled') return Promise.reject(new TaskCancelledError(this.name, this.#outcome));
    this.#joiners ??= new WaitQueue(this);
    return this.#joiners.push(new Waiter<T>(scope)).promise as Promise<T>;
  }

  /** Calls `watcher` when the task has ended; the answer takes it back. */
  watch(watcher: () => void): () => void {
    this.#watchers ??= new Set();
    this.#watchers.add(watcher);
    return () => this.#watchers?.delete(watcher);
  }

  #ended(ok: boolean, outcome: unknown): void {
    if (this.firstChild === null) {
      this.#settle(ok, outcome);
      return;
    }
    // Something was begun in the task and not awaited: the task ends when it has.
    if (!ok) this.cancelAs('sibling', outcome);
    void childless(this).then(() => this.#ended(ok, outcome));
  }

  #settle(ok: boolean, outcome: unknown): void {
    if (ok) this.#finish('done', outcome);
    else this.#judge(outcome);
    for (let joiner = this.#joiners?.shift(); joiner; joiner = this.#joiners?.shift()) this.#answer(joiner);
    if (this.state === 'failed') this.report(this.#outcome);
    if (this.state === 'cancelled') this.group.childCancelled(this.name, this.#outcome);
    this.close();
    if (this.#watchers !== undefined) for (const watcher of this.#watchers) watcher();
    if (sight.observer !== null) sight.observer.exited(this as TaskNode<unknown>);
  }

  #judge(thrown: unknown): void {
    const error = withoutCancellations(this, thrown);
    if (error === NOTHING_LEFT) {
      this.cancelledCaught = true;
      this.#finish('cancelled', this.cancellation);
    } else this.#finish('failed', error instanceof CancelledError ? strayCancellation(this.label, error) : error);
  }

  #finish(state: TaskState, outcome: unknown): void {
    this.state = state;
    this.#outcome = outcome;
  }

  #answer(joiner: Waiter<unknown>): void {
    if (this.state === 'done') joiner.grant(this.#outcome);
    else joiner.fail(this.state === 'failed' ? this.#outcome : new TaskCancelledError(this.name, this.#outcome));
  }

  /** Hands a failure to who answers for it: the group. */
  protected report(error: unknown): void {
    this.group.childFailed(error, this.name);
  }
}

function begin(task: { begin(): void }): void {
  task.begin();
}

function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && typeof (value as PromiseLike<T>).then === 'function';
}
