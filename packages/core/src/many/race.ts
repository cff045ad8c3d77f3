import { Contest, checkEntrants } from './contest.ts';

/**
 * Runs all at once; the first to end decides, with its value or its error. The others are cancelled and waited for, so nothing of them is left
 * running (as it is after `Promise.race`). What fails in their clean-up is in `suppressedErrors` when an error decided, and dropped after a value.
 *
 * @throws the error of the first to end; CancelledError; UsageError for an empty list or a bare promise.
 * @example
 * const event = await race([() => button.pressed(), () => countdown()]);
 */
export async function race<T>(fns: readonly (() => T | PromiseLike<T>)[]): Promise<T> {
  checkEntrants(fns, 'race');
  const contest = new Contest<T>('race');
  return contest.run(() => {
    for (const fn of fns) contest.compete(fn);
  });
}
