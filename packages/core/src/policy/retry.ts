import { brand } from '../errors/brand.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import { UsageError } from '../errors/usage-error.ts';
import { now, scopeHere } from '../scope/current.ts';
import { isCancellationOf } from '../scope/is-cancelled.ts';
import { sleep } from '../time/sleep.ts';
import { RetryIf, retryIfError, retryIfTransient } from './retry-if.ts';
import { type RetryState, type Stop, stopAfterAttempt } from './stop.ts';
import { exponentialJitter, type Wait } from './wait.ts';

/** Thrown by an attempt to ask for another one, whatever `retryIf` says; it still counts as an attempt. Code `SLUICE_TRY_AGAIN`. */
export class TryAgain extends SluiceError {
  constructor(message = 'try again', options: { cause?: unknown } = {}) {
    super(message, { code: 'SLUICE_TRY_AGAIN', ...options });
  }
}
brand(TryAgain, 'TryAgain');

/** What a retry counts: see `RetryOptions.statistics`. */
export interface RetryStatistics {
  readonly attempts: number;
  /** Time spent waiting between attempts, in milliseconds. */
  readonly waitedMs: number;
  /** Time since the first attempt began, in milliseconds. */
  readonly elapsedMs: number;
}

/** Options of {@link retry}. */
export interface RetryOptions {
  /** Attempts in all, the first included; short for `stop: stopAfterAttempt(n)`. Default 5. */
  readonly attempts?: number;
  /** When to give up. */
  readonly stop?: Stop;
  /** How long to wait in between. Default: full jitter from 0.5 s to 60 s. */
  readonly wait?: Wait;
  /** Which attempts are worth another. Default: every error but `UsageError` and `TypeError`; never a cancellation. */
  readonly retryIf?: RetryIf | ((error: unknown) => boolean);
  readonly before?: (state: { readonly attempt: number }) => void;
  readonly after?: (state: RetryState) => void;
  /** Called when another attempt will follow, before the wait. */
  readonly beforeSleep?: (state: RetryState) => void;
  /** Called once at the end, however it ended. */
  readonly onStatistics?: (statistics: RetryStatistics) => void;
}

/**
 * Calls `fn` until it succeeds, at most `attempts` times, with growing, jittered waits in between. The last error is thrown as it is.
 * A cancellation is never retried.
 *
 * @throws the last attempt's error; CancelledError; UsageError for options that cannot be.
 * @example
 * const page = await retry(() => session.get(url), { attempts: 5 });
 * const row = await retry(({ attempt }) => load(attempt), { stop: stopAfterAttempt(5).or(stopBeforeDelay('30s')), wait: waitFixed('1s') });
 */
export async function retry<T>(
  fn: (context: { readonly attempt: number }) => T | PromiseLike<T>,
  options: RetryOptions = {},
): Promise<T> {
  const stop = options.stop ?? stopAfterAttempt(checkedAttempts(options.attempts ?? 5));
  const wait = options.wait ?? exponentialJitter();
  const retryIf = toCondition(options.retryIf);
  const begunAt = now();
  let waitedMs = 0;
  let attempt = 0;
  try {
    for (;;) {
      attempt++;
      options.before?.({ attempt });
      let threw = false;
      let value: T | undefined;
      let error: unknown;
      try {
        value = await fn({ attempt });
      } catch (thrown) {
        if (isCancellationOf(scopeHere(), thrown)) throw thrown;
        threw = true;
        error = thrown;
      }
      const failed: RetryState = { attempt, elapsedMs: now() - begunAt, waitMs: 0, error, value };
      options.after?.(failed);
      const isWorthIt = error instanceof TryAgain || retryIf.shouldRetry(failed, threw);
      const state = isWorthIt ? { ...failed, waitMs: wait.waitMs(failed) } : failed;
      if (!isWorthIt || stop.shouldStop(state)) {
        if (threw) throw error;
        return value as T;
      }
      options.beforeSleep?.(state);
      await sleep(state.waitMs);
      waitedMs += state.waitMs;
    }
  } finally {
    options.onStatistics?.({ attempts: attempt, waitedMs, elapsedMs: now() - begunAt });
  }
}

function toCondition(retryIf: RetryOptions['retryIf']): RetryIf {
  if (retryIf === undefined) return retryIfTransient;
  return retryIf instanceof RetryIf ? retryIf : retryIfError(retryIf);
}

function checkedAttempts(attempts: number): number {
  if (attempts >= 1 && (Number.isInteger(attempts) || attempts === Number.POSITIVE_INFINITY)) return attempts;
  throw new UsageError(`attempts must be a whole number of 1 or more, not ${String(attempts)}`);
}
