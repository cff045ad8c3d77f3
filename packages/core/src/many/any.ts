import { Contest, checkEntrants } from './contest.ts';

/**
 * Runs all at once and gives the first success; the others are then cancelled and waited for.
 *
 * @throws AllFailedError with all errors in order when none succeeded; CancelledError; UsageError for an empty list or a bare promise.
 * @example
 * const reply = await any([() => session.get(mirrorA), () => session.get(mirrorB)]);
 */
export async function any<T>(fns: readonly (() => T | PromiseLike<T>)[]): Promise<T> {
  checkEntrants(fns, 'any');
  const contest = new Contest<T>('any');
  return contest.run(() => {
    for (const fn of fns) contest.attempt(fn);
  });
}
