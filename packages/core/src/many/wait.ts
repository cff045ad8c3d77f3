import type { Duration } from '../duration.ts';
import { UsageError } from '../errors/usage-error.ts';
import { moveOnAfter } from '../scope/timeout.ts';
import { Event } from '../sync/event.ts';
import type { Task } from '../task/task.ts';
import { hasEnded, tasksOf } from './as-completed.ts';

/** Options of {@link wait}. */
export interface WaitOptions {
  /** When to return: at the first that ends, at the first that fails (or when all have ended), or when all have. Default `'all-completed'`. */
  readonly returnWhen?: 'first-completed' | 'first-error' | 'all-completed';
  /** Return after that time at the latest; no error. Default: never. */
  readonly timeout?: Duration;
}

/** What {@link wait} answers, both in the order of the input. */
export interface Waited<T> {
  readonly done: Task<T>[];
  readonly pending: Task<T>[];
}

/**
 * Waits for tasks and tells which have ended and which have not. It never throws their errors and never cancels them, not even at the timeout.
 *
 * @throws CancelledError when the current scope is cancelled; the tasks go on · UsageError for what is no task.
 * @example
 * const { done, pending } = await wait(tasks, { returnWhen: 'first-completed', timeout: '5s' });
 * for (const task of pending) task.cancel('too slow');
 */
export async function wait<T>(tasks: Iterable<Task<T>>, options: WaitOptions = {}): Promise<Waited<T>> {
  const nodes = tasksOf(tasks, 'wait');
  const { returnWhen = 'all-completed', timeout = Number.POSITIVE_INFINITY } = options;
  if (!WHEN.includes(returnWhen)) throw new UsageError(`returnWhen is one of ${WHEN.join(', ')}, not '${returnWhen}'`);
  let left = 0;
  let hasFailed = false;
  const enough = new Event();
  const look = (): void => {
    const isFirst = returnWhen === 'first-completed' && left < nodes.length;
    if (left === 0 || isFirst || (returnWhen === 'first-error' && hasFailed)) enough.set();
  };
  const unwatch: (() => void)[] = [];
  for (const node of nodes) {
    hasFailed ||= node.state === 'failed';
    if (hasEnded(node)) continue;
    left++;
    const stop = node.watch(() => {
      left--;
      hasFailed ||= node.state === 'failed';
      look();
    });
    unwatch.push(stop);
  }
  try {
    look();
    await moveOnAfter(timeout, () => enough.wait());
  } finally {
    for (const stop of unwatch) stop();
  }
  return { done: nodes.filter(hasEnded), pending: nodes.filter((node) => !hasEnded(node)) };
}

const WHEN: readonly string[] = ['first-completed', 'first-error', 'all-completed'];
