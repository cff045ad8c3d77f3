import { suppress } from '../errors/suppressed-errors.ts';
import { UsageError } from '../errors/usage-error.ts';
import { scopeHere } from '../scope/current.ts';
import { shield } from '../scope/shield.ts';
import type { Group } from '../task/group.ts';
import { type Task, TaskNode } from '../task/task.ts';
import { WholeGroup } from './whole-group.ts';

/** A function that begins a piece of work, or a task that is under way. */
export type Work<T> = (() => T | PromiseLike<T>) | Task<T>;

/** What work gives: the awaited type of a function's result or of a task. */
export type WorkResult<W> = W extends () => infer R ? Awaited<R> : W extends Task<infer T> ? T : never;

/** Refuses a bare promise in the type: it has begun outside the group, which could neither cancel it nor wait for it. */
export type CheckedWork<W extends readonly unknown[]> = {
  readonly [K in keyof W]: W[K] extends (() => unknown) | Task<unknown>
    ? W[K]
    : 'gather() takes functions or tasks: write () => get(a) instead of get(a)';
};

/** Options of {@link gather} and {@link gatherSettled}. */
export interface GatherOptions {
  /** Name in errors and in the task tree. Default `gather`. */
  readonly name?: string;
}

/**
 * Runs all at once and gives their values in order. The first failure cancels the others, waits for them, and is thrown as it is; later
 * failures are in `suppressedErrors(error)`. Tasks given to it are cancelled with it.
 *
 * @throws the first failure; CancelledError; UsageError for a bare promise.
 * @example
 * const [user, orders] = await gather([() => getUser(id), () => getOrders(id)]);
 */
export async function gather<const W extends readonly unknown[]>(
  work: W & CheckedWork<W>,
  options: GatherOptions = {},
): Promise<{ -readonly [K in keyof W]: WorkResult<W[K]> }> {
  const bodies = work.map(bodyOf);
  const group = new WholeGroup(scopeHere(), options.name ?? 'gather');
  let tasks: TaskNode<unknown>[] = [];
  const ending = await group.enter<void>(() => {
    tasks = bodies.map(({ body, name }) => group.spawn(body, name));
  });
  throwFailure(group);
  if (ending.kind === 'error') throw ending.error;
  return tasks.map((task) => task.outcome) as { -readonly [K in keyof W]: WorkResult<W[K]> };
}

/**
 * Runs all at once and waits for every one, like `Promise.allSettled` and asyncio's `return_exceptions=True`: failures are values.
 * A cancel from outside still cancels all.
 *
 * @example
 * for (const result of await gatherSettled([a, b])) if (result.status === 'rejected') report(result.reason);
 */
export async function gatherSettled<const W extends readonly unknown[]>(
  work: W & CheckedWork<W>,
  options: GatherOptions = {},
): Promise<{ -readonly [K in keyof W]: PromiseSettledResult<WorkResult<W[K]>> }> {
  const bodies = work.map(bodyOf);
  const group = new WholeGroup(scopeHere(), options.name ?? 'gatherSettled');
  const results: PromiseSettledResult<unknown>[] = new Array(bodies.length);
  const ending = await group.enter<void>(() => {
    bodies.forEach(({ body, name }, index) => {
      group.spawn(() => settle(body, results, index), name);
    });
  });
  throwFailure(group);
  if (ending.kind === 'error') throw ending.error;
  return results as { -readonly [K in keyof W]: PromiseSettledResult<WorkResult<W[K]>> };
}

/** Runs `body` in a task of its own inside the current one, so that its cancellation can be told from a failure, and notes how it ended. */
export async function settle(
  body: () => unknown,
  results: PromiseSettledResult<unknown>[],
  index: number,
): Promise<void> {
  const scope = scopeHere();
  try {
    results[index] = { status: 'fulfilled', value: await body() };
  } catch (error) {
    if (scope.cancelledFromOutside) throw error;
    results[index] = { status: 'rejected', reason: error };
  }
}

/** Throws a group's first failure plain, with the others beside it. */
export function throwFailure(group: Group): void {
  const [first, ...others] = group.failures;
  if (first === undefined) return;
  suppress(
    first.error,
    others.map((failure) => failure.error),
  );
  throw first.error;
}

function bodyOf(work: unknown, index: number): { body: () => unknown; name: string | undefined } {
  if (typeof work === 'function')
    return { body: work as () => unknown, name: work.name === '' ? `gather[${index}]` : work.name };
  if (work instanceof TaskNode) return { body: () => adopt(work), name: `await ${work.name}` };
  const what = typeof (work as PromiseLike<unknown> | null)?.then === 'function' ? 'a bare promise' : String(work);
  throw new UsageError(
    `gather() takes functions or tasks, but item ${index} is ${what}: write () => get(a) instead of get(a), so that it can be cancelled`,
  );
}

/** Waits for a task; when the wait is cut short, the task is cancelled and waited for. */
async function adopt(task: TaskNode<unknown>): Promise<unknown> {
  try {
    return await task;
  } catch (error) {
    if (task.state === 'pending' || task.state === 'running') {
      task.cancel(error);
      await shield(() => task.join().then(undefined, () => {}));
    }
    throw error;
  }
}
