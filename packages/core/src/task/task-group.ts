import { TaskGroupError } from '../errors/task-group-error.ts';
import { scopeHere } from '../scope/current.ts';
import { followSignal } from '../scope/follow-signal.ts';
import type { CancelScope } from '../scope/scope.ts';
import { Group } from './group.ts';
import { type Started, startTask } from './start.ts';
import type { Task } from './task.ts';

/** Options of `spawn` and `start`. */
export interface SpawnOptions {
  /** Name of the task in errors and in the task tree. Default: the function's name, or `task-7`. */
  readonly name?: string;
}

/** What a group's body works with. */
export interface TaskGroup {
  /**
   * Starts `fn` as a task of the group, on a microtask, never inside the call.
   *
   * @throws UsageError when the group has ended, or is ending because a task failed.
   */
  spawn<T>(fn: () => T | PromiseLike<T>, options?: SpawnOptions): Task<T>;
  /**
   * Starts a service and waits until it calls `started(value)`. An error before that is the caller's, after that the group's.
   *
   * @throws UsageError when the service ends without calling `started`, or calls it twice.
   */
  start<V>(service: (started: Started<V>) => unknown, options?: SpawnOptions): Promise<V>;
  /** Cancels the body and every task; the group then ends without an error. */
  cancel(reason?: unknown): void;
  /** The group's own cancel scope. */
  readonly scope: CancelScope;
}

/** Options of {@link taskGroup}. */
export interface TaskGroupOptions {
  /** Name of the group in errors and in the task tree. Default `group`. */
  readonly name?: string;
  /** An outside signal that cancels the group. */
  readonly signal?: AbortSignal;
}

/**
 * Runs `body`, which spawns tasks into the group, and returns the body's value when every task has ended. If a task or the body fails,
 * the others are cancelled and waited for, and all failures are thrown together. After `group.cancel()` cut the body off the value is undefined.
 *
 * @throws TaskGroupError with every failure; CancelledError when it was cancelled from outside.
 * @example
 * const total = await taskGroup(async (group) => {
 *   const a = group.spawn(() => fetchCount('a'));
 *   const b = group.spawn(() => fetchCount('b'));
 *   return (await a) + (await b);
 * });
 */
export async function taskGroup<T>(
  body: (group: TaskGroup) => T | PromiseLike<T>,
  options: TaskGroupOptions = {},
): Promise<T> {
  const group = new Group(scopeHere(), options.name);
  const unfollow = followSignal(group, options.signal);
  const ending = await group.enter<T>(() => body(new GroupHandle(group)));
  unfollow();
  if (group.failures.length > 0) throw new TaskGroupError(group.name, group.failures);
  if (ending.kind === 'error') throw ending.error;
  return ending.kind === 'value' ? ending.value : (undefined as T);
}

class GroupHandle implements TaskGroup {
  readonly #group: Group;

  constructor(group: Group) {
    this.#group = group;
  }

  get scope(): CancelScope {
    return this.#group;
  }

  spawn<T>(fn: () => T | PromiseLike<T>, options?: SpawnOptions): Task<T> {
    return this.#group.spawn(fn, options?.name);
  }

  start<V>(service: (started: Started<V>) => unknown, options?: SpawnOptions): Promise<V> {
    return startTask(this.#group, service, options?.name);
  }

  cancel(reason?: unknown): void {
    this.#group.cancel(reason);
  }
}
