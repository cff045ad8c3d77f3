import { CancelledError, strayCancellation } from '../errors/cancelled-error.ts';
import { UsageError } from '../errors/usage-error.ts';
import { runInScope } from '../scope/ambient.ts';
import { childless, type Ending } from '../scope/enter.ts';
import { NOTHING_LEFT, withoutCancellations } from '../scope/is-cancelled.ts';
import { Scope } from '../scope/scope.ts';
import { sight } from '../sight/observer.ts';
import { startSoon } from './start-queue.ts';
import { TaskNode } from './task.ts';

/** A failure and the task that it happened in; null is the group's body. */
export interface Failure {
  readonly error: unknown;
  readonly taskName: string | null;
}

/** The scope of a group: its children are tasks, the first failure cancels it, and it keeps every failure. */
export class Group extends Scope {
  readonly #name: string | undefined;
  readonly failures: Failure[] = [];
  #failedWith: Set<unknown> | undefined;

  constructor(parent: Scope, name: string | undefined) {
    super(parent, parent.runtime);
    this.#name = name;
  }

  get name(): string {
    return this.#name ?? 'group';
  }

  /** Makes a task and puts it in the queue of what is ready: it starts on a microtask, never inside this call. */
  spawn<T>(body: () => T | PromiseLike<T>, name?: string): TaskNode<T> {
    this.assertOpen();
    sight.bodyGiven?.(this, body);
    return this.begin(new TaskNode<T>(this, body, name));
  }

  /** Puts a task that was made for this group in the queue of what is ready. */
  begin<T>(task: TaskNode<T>): TaskNode<T> {
    startSoon(task as TaskNode<unknown>);
    if (sight.observer !== null) sight.observer.spawned(task as TaskNode<unknown>);
    return task;
  }

  /** Keeps a failure and cancels the rest. The same error object, seen by several, is one failure. */
  childFailed(error: unknown, taskName: string | null): void {
    this.#failedWith ??= new Set();
    if (this.#failedWith.has(error)) return;
    if (typeof error === 'object') this.#failedWith.add(error);
    this.failures.push({ error, taskName });
    this.cancelAs('sibling', error);
  }

  /** Hears of a task that was cancelled. In a task group that is no failure. */
  childCancelled(_taskName: string, _cancellation: unknown): void {}

  /** Runs the body, waits for every child, closes. Failures are in `failures`; a cancellation from outside is an `error`. */
  async enter<T>(body: (group: this) => T | PromiseLike<T>): Promise<Ending<T>> {
    let ending: Ending<T> = { kind: 'cancelled' };
    sight.bodyGiven?.(this, body);
    this.beganAt = Math.trunc(this.runtime.clock.now());
    try {
      ending = {
        kind: 'value',
        value: await runInScope(this as Scope, body as (scope: Scope) => T | PromiseLike<T>, this as Scope),
      };
    } catch (error) {
      this.#bodyFailed(error);
    }
    const waited = this.firstChild !== null;
    // More may be spawned from outside between the end of the last child and this line.
    while (this.firstChild !== null) await childless(this);
    this.close();
    if (this.cancelledFromOutside && (waited || ending.kind === 'cancelled')) {
      return { kind: 'error', error: this.parent!.cancellation };
    }
    if (ending.kind === 'cancelled' && this.failures.length === 0) this.seldom().hasCaught = true;
    return ending;
  }

  #bodyFailed(thrown: unknown): void {
    const error = withoutCancellations(this, thrown);
    if (error === NOTHING_LEFT) return;
    this.childFailed(
      error instanceof CancelledError ? strayCancellation(`the body of ${this.name}`, error) : error,
      null,
    );
  }

  assertOpen(): void {
    if (this.closed) throw new UsageError(`group '${this.name}' has ended: nothing can be spawned in it any more`);
    if (this.failures.length > 0) {
      throw new UsageError(
        `group '${this.name}' is ending because a task in it failed: nothing can be spawned in it any more`,
        {
          cause: this.failures[0]!.error,
        },
      );
    }
  }
}
