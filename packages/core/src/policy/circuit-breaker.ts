import { type Duration, formatDuration, parseDuration } from '../duration.ts';
import { brand } from '../errors/brand.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import { UsageError } from '../errors/usage-error.ts';
import { checkpointScope, now } from '../scope/current.ts';
import { isCancellationOf } from '../scope/is-cancelled.ts';
import { refuse } from '../scope/refuse.ts';

/** The breaker is open: the call was not made. Code `SLUICE_CIRCUIT_OPEN`. */
export class CircuitOpenError extends SluiceError {
  /** After how long the next call may be let through, in milliseconds. */
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    const when = formatDuration(retryAfterMs);
    super(`the circuit is open after too many failures: the call was not made; try again after ${when}`, {
      code: 'SLUICE_CIRCUIT_OPEN',
    });
    this.retryAfterMs = retryAfterMs;
  }
}
brand(CircuitOpenError, 'CircuitOpenError');

/** Options of {@link circuitBreaker}. */
export interface CircuitBreakerOptions {
  /** Opens after that many failures in a row. Default 10. */
  readonly failures?: number;
  /** Opens when that share of the last `window` calls failed. Default 0.5. */
  readonly ratio?: number;
  /** How many calls `ratio` looks at; with fewer it says nothing. Default 20. */
  readonly window?: number;
  /** How long it stays open. Default `'30s'`. */
  readonly openFor?: Duration;
  /** How many calls are let through then to see whether it works again; it closes when that many succeeded. Default 1. */
  readonly halfOpenProbes?: number;
  /** Which errors count as failures; what does not is an answer, and so a success. Default: all but `UsageError`. Never a cancellation. */
  readonly isFailure?: (error: unknown) => boolean;
}

/** `closed` lets calls through, `open` refuses them, `half-open` lets trials through. */
export type CircuitState = 'closed' | 'open' | 'half-open';

/** What `statistics()` of a circuit breaker tells. */
export interface CircuitStatistics {
  readonly state: CircuitState;
  readonly failuresInRow: number;
  /** Failures among the last `calls` calls, at most `window`. */
  readonly failures: number;
  readonly calls: number;
  /** Calls that were not made. */
  readonly refused: number;
  /** Since when it is open, on the clock of `now()`; undefined while it is closed. */
  readonly openedAt: number | undefined;
}

/** What {@link circuitBreaker} makes. */
export interface CircuitBreaker {
  readonly state: CircuitState;
  /** Calls `fn`, or refuses to. @throws CircuitOpenError; what `fn` throws; CancelledError. */
  call<T>(fn: () => T | PromiseLike<T>): Promise<T>;
  statistics(): CircuitStatistics;
}

/**
 * Stops calling what fails: after too many failures it refuses calls for a while, then lets a probe through (Michael Nygard, "Release It!", 2007).
 *
 * @throws UsageError for options that cannot be.
 * @example
 * const breaker = circuitBreaker({ failures: 5, openFor: '10s' });
 * const reply = await breaker.call(() => session.get(url));
 */
export function circuitBreaker(options: CircuitBreakerOptions = {}): CircuitBreaker {
  const { failures = 10, ratio = 0.5, window = 20, halfOpenProbes = 1 } = options;
  for (const [name, value] of Object.entries({ failures, window, halfOpenProbes })) {
    if (!(value >= 1 && (Number.isInteger(value) || value === Number.POSITIVE_INFINITY)))
      throw new UsageError(`${name} must be a whole number of 1 or more, not ${String(value)}`);
  }
  if (!(ratio > 0 && ratio <= 1)) throw new UsageError(`ratio must be above 0 and at most 1, not ${String(ratio)}`);
  const openForMs = parseDuration(options.openFor ?? '30s');
  const isFailure = options.isFailure ?? ((error: unknown) => !(error instanceof UsageError));
  return new Breaker({ failures, ratio, window, halfOpenProbes, openForMs, isFailure });
}

interface Rules {
  readonly failures: number;
  readonly ratio: number;
  readonly window: number;
  readonly halfOpenProbes: number;
  readonly openForMs: number;
  readonly isFailure: (error: unknown) => boolean;
}

class Breaker implements CircuitBreaker {
  readonly #rules: Rules;
  #openedAt: number | undefined;
  #inRow = 0;
  /** The last outcomes, true for a failure. */
  #window: boolean[] = [];
  #probes = 0;
  #probesPassed = 0;
  #refused = 0;
  /** Counts changes between open and closed: a result that began before the last one says nothing about now. */
  #era = 0;

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  get state(): CircuitState {
    if (this.#openedAt === undefined) return 'closed';
    return now() < this.#openedAt + this.#rules.openForMs ? 'open' : 'half-open';
  }

  async call<T>(fn: () => T | PromiseLike<T>): Promise<T> {
    const scope = checkpointScope();
    if (scope.by !== null) return refuse(scope);
    const isProbe = this.#enter();
    const era = this.#era;
    let failed: boolean | undefined;
    try {
      const value = await fn();
      failed = false;
      return value;
    } catch (error) {
      if (!isCancellationOf(scope, error)) failed = this.#rules.isFailure(error);
      throw error;
    } finally {
      if (era === this.#era) {
        if (isProbe) this.#probes--;
        // A cancelled call says nothing.
        if (failed !== undefined) this.#count(failed, isProbe);
      }
    }
  }

  statistics(): CircuitStatistics {
    return {
      state: this.state,
      failuresInRow: this.#inRow,
      failures: this.#window.filter(Boolean).length,
      calls: this.#window.length,
      refused: this.#refused,
      openedAt: this.#openedAt,
    };
  }

  /** Whether the call is a probe. @throws CircuitOpenError */
  #enter(): boolean {
    const { state } = this;
    if (state === 'closed') return false;
    const { halfOpenProbes, openForMs } = this.#rules;
    if (state === 'half-open' && this.#probes + this.#probesPassed < halfOpenProbes) {
      this.#probes++;
      return true;
    }
    this.#refused++;
    // While probes are out nobody knows; if they fail, it is as long as this.
    throw new CircuitOpenError(state === 'open' ? this.#openedAt! + openForMs - now() : openForMs);
  }

  #count(failed: boolean, isProbe: boolean): void {
    const { failures, ratio, window, halfOpenProbes } = this.#rules;
    if (isProbe) {
      if (failed) this.#change(now());
      else if (++this.#probesPassed >= halfOpenProbes) this.#change(undefined);
      return;
    }
    this.#inRow = failed ? this.#inRow + 1 : 0;
    this.#window.push(failed);
    if (this.#window.length > window) this.#window.shift();
    const isFull = this.#window.length === window;
    if (this.#inRow >= failures || (isFull && this.#window.filter(Boolean).length >= ratio * window))
      this.#change(now());
  }

  /** Opens (at a time) or closes. */
  #change(openedAt: number | undefined): void {
    this.#era++;
    this.#openedAt = openedAt;
    this.#probes = 0;
    this.#probesPassed = 0;
    if (openedAt !== undefined) return;
    this.#inRow = 0;
    this.#window = [];
  }
}
