import { TaskCancelledError } from '../errors/cancelled-error.ts';
import { UsageError } from '../errors/usage-error.ts';
import { Queue } from '../sync/queue.ts';
import { type Task, TaskNode } from '../task/task.ts';

/** A task that has ended, and how, as in `Promise.allSettled`. */
export type Completed<T> = PromiseSettledResult<T> & { readonly task: Task<T> };

/**
 * Tasks in the order in which they end, each when it has, with its value or its error. Leaving the loop leaves the other tasks alone.
 * For functions instead of tasks see `mapStream(…, { ordered: false })`.
 *
 * @throws UsageError for what is no task; from the loop CancelledError.
 * @example
 * for await (const result of asCompleted([group.spawn(a), group.spawn(b)])) {
 *   if (result.status === 'fulfilled') console.log(result.task.name, result.value);
 * }
 */
export function asCompleted<T>(tasks: Iterable<Task<T>>): AsyncIterableIterator<Completed<T>> {
  const nodes = tasksOf(tasks, 'asCompleted');
  const ended = new Queue<Completed<T>>();
  const unwatch = nodes.map((node) => {
    if (!hasEnded(node)) return node.watch(() => ended.tryPut(completed(node)));
    ended.tryPut(completed(node));
    return () => {};
  });
  return read(ended, nodes.length, unwatch);
}

async function* read<T>(
  ended: Queue<T>,
  count: number,
  unwatch: readonly (() => void)[],
): AsyncGenerator<T, void, undefined> {
  try {
    for (let left = count; left > 0; left--) yield await ended.get();
  } finally {
    for (const stop of unwatch) stop();
  }
}

function completed<T>(task: TaskNode<T>): Completed<T> {
  if (task.state === 'done') return { task, status: 'fulfilled', value: task.outcome as T };
  const reason = task.state === 'failed' ? task.outcome : new TaskCancelledError(task.name, task.outcome);
  return { task, status: 'rejected', reason };
}

/** The nodes behind tasks, each once. @throws UsageError for what is no task. */
export function tasksOf<T>(tasks: Iterable<Task<T>>, caller: string): TaskNode<T>[] {
  return [...new Set(tasks)].map((task) => {
    if (task instanceof TaskNode) return task as TaskNode<T>;
    throw new UsageError(`${caller}() takes tasks, as group.spawn() gives them, not ${typeof task}s`);
  });
}

export function hasEnded(task: Task<unknown>): boolean {
  return task.state !== 'pending' && task.state !== 'running';
}
