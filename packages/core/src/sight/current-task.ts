import { scopeHere } from '../scope/current.ts';
import type { Task } from '../task/task.ts';
import { taskOf } from './instrument.ts';

/**
 * The task that the caller runs in; undefined outside every task.
 *
 * @example
 * console.log(`${currentTask()?.name ?? 'main'}: begin`);
 */
export function currentTask(): Task<unknown> | undefined {
  return taskOf(scopeHere());
}
