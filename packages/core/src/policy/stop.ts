import { type Duration, parseDuration } from '../duration.ts';

/** What a retry knows when it decides. Times are milliseconds on the clock of `now()`. */
export interface RetryState {
  /** Number of the attempt that just failed, from 1. */
  readonly attempt: number;
  /** Time since the first attempt began. */
  readonly elapsedMs: number;
  /** How long it would wait before the next attempt; 0 until that is known. */
  readonly waitMs: number;
  /** What the attempt threw; undefined when it returned. */
  readonly error: unknown;
  /** What the attempt returned; undefined when it threw. */
  readonly value: unknown;
}

/** When to give up. Conditions combine: `stopAfterAttempt(5).or(stopAfterDelay('1min'))`. */
export class Stop {
  readonly shouldStop: (state: RetryState) => boolean;

  constructor(shouldStop: (state: RetryState) => boolean) {
    this.shouldStop = shouldStop;
  }

  or(other: Stop): Stop {
    return new Stop((state) => this.shouldStop(state) || other.shouldStop(state));
  }

  and(other: Stop): Stop {
    return new Stop((state) => this.shouldStop(state) && other.shouldStop(state));
  }
}

/** Give up after that many attempts. */
export function stopAfterAttempt(attempts: number): Stop {
  return new Stop((state) => state.attempt >= attempts);
}

/** Give up once that much time has passed since the first attempt began. */
export function stopAfterDelay(duration: Duration): Stop {
  const limitMs = parseDuration(duration);
  return new Stop((state) => state.elapsedMs >= limitMs);
}

/** Give up when the next wait would go beyond that much time since the first attempt began. */
export function stopBeforeDelay(duration: Duration): Stop {
  const limitMs = parseDuration(duration);
  return new Stop((state) => state.elapsedMs + state.waitMs > limitMs);
}

/** Never give up. */
export const stopNever: Stop = new Stop(() => false);
