import { type Duration, parseDuration } from '../duration.ts';
import { random } from '../scope/current.ts';
import type { RetryState } from './stop.ts';

/** How long to wait before the next attempt. Waits add up: `waitFixed('1s').plus(waitRandom({ max: '1s' }))`. */
export class Wait {
  /** Milliseconds to wait after the attempt in `state`. */
  readonly waitMs: (state: RetryState) => number;

  constructor(waitMs: (state: RetryState) => number) {
    this.waitMs = waitMs;
  }

  plus(other: Wait): Wait {
    return new Wait((state) => this.waitMs(state) + other.waitMs(state));
  }
}

/** No wait: the next attempt follows at once. */
export const waitNone: Wait = new Wait(() => 0);

/** The same wait each time. */
export function waitFixed(duration: Duration): Wait {
  const ms = parseDuration(duration);
  return new Wait(() => ms);
}

/** A wait drawn uniformly between `min` (default 0) and `max`. */
export function waitRandom(options: { readonly min?: Duration; readonly max: Duration }): Wait {
  const min = parseDuration(options.min ?? 0);
  const max = parseDuration(options.max);
  return new Wait(() => min + random() * (max - min));
}

/** Options of {@link waitExponential} and {@link exponentialJitter}. */
export interface ExponentialOptions {
  /** The first wait; default `'500ms'`. */
  readonly initial?: Duration;
  /** The longest wait; default `'60s'`. */
  readonly max?: Duration;
  /** What each wait is multiplied by; default 2. */
  readonly factor?: number;
}

/** `initial · factorⁿ⁻¹`, at most `max`. */
export function waitExponential(options: ExponentialOptions = {}): Wait {
  const initial = parseDuration(options.initial ?? 500);
  const max = parseDuration(options.max ?? 60_000);
  const factor = options.factor ?? 2;
  return new Wait((state) => Math.min(max, initial * factor ** (state.attempt - 1)));
}

/**
 * "Full jitter": uniform between 0 and the exponential wait, so that clients which failed together do not come back together.
 * (Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.)
 */
export function exponentialJitter(options: ExponentialOptions = {}): Wait {
  const exponential = waitExponential(options);
  return new Wait((state) => random() * exponential.waitMs(state));
}

/** `start`, then `increment` more each time, at most `max` (default no limit). */
export function waitIncrementing(options: {
  readonly start: Duration;
  readonly increment: Duration;
  readonly max?: Duration;
}): Wait {
  const start = parseDuration(options.start);
  const increment = parseDuration(options.increment);
  const max = options.max === undefined ? Number.POSITIVE_INFINITY : parseDuration(options.max);
  return new Wait((state) => Math.min(max, start + increment * (state.attempt - 1)));
}

/** The first wait after the first attempt, the second after the second; the last one for all that follow. */
export function waitChain(first: Wait, ...others: readonly Wait[]): Wait {
  const waits = [first, ...others];
  return new Wait((state) => waits[Math.min(state.attempt, waits.length) - 1]!.waitMs(state));
}

/** What the error asks for (a server's `Retry-After`), as `read` finds it in milliseconds, at most `max` (default `'1h'`); `otherwise` where it asks for nothing. */
export function waitFromError(
  read: (error: unknown) => number | undefined,
  otherwise: Wait = exponentialJitter(),
  options: { readonly max?: Duration } = {},
): Wait {
  const max = parseDuration(options.max ?? '1h');
  return new Wait((state) => {
    const asked = read(state.error);
    return asked === undefined || !(asked >= 0) ? otherwise.waitMs(state) : Math.min(asked, max);
  });
}
