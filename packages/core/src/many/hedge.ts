import { type Duration, parseDuration } from '../duration.ts';
import { UsageError } from '../errors/usage-error.ts';
import { moveOnAfter } from '../scope/timeout.ts';
import { Contest } from './contest.ts';

/** Options of {@link hedge}. */
export interface HedgeOptions {
  /** How long an attempt has before the next one starts beside it. */
  readonly delay: Duration;
  /** Attempts in all, the first included. Default 2. */
  readonly attempts?: number;
}

/**
 * A staggered race against slow answers: the next attempt starts when the earlier one failed or `delay` is over, and the first success cancels
 * the rest and waits for them (Dean and Barroso, "The Tail at Scale", 2013; the schedule is that of "Happy Eyeballs", RFC 8305, section 5).
 * Only for what may be done twice.
 *
 * @throws AllFailedError with all errors in order when none succeeded; CancelledError; UsageError for options that cannot be.
 * @example
 * const reply = await hedge(({ attempt }) => session.get(replicas[attempt - 1]), { delay: '200ms', attempts: 3 });
 */
export async function hedge<T>(
  fn: (context: { readonly attempt: number }) => T | PromiseLike<T>,
  options: HedgeOptions,
): Promise<T> {
  const { attempts = 2 } = options;
  const delayMs = parseDuration(options.delay);
  if (!(Number.isInteger(attempts) && attempts >= 1)) {
    throw new UsageError(`attempts must be a whole number of 1 or more, not ${String(attempts)}`);
  }
  const contest = new Contest<T>('hedge');
  return contest.run(async () => {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const failed = contest.attempt(() => fn({ attempt }));
      await moveOnAfter(delayMs, () => failed.wait());
    }
  });
}
