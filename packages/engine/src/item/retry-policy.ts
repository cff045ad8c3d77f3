import { type Duration, parseDuration, UsageError } from '@sluice/core';
import { classRule, OUTCOME_CLASSES, type OutcomeClass } from '../outcome/classes.ts';

/** How throttled attempts are repeated: they spend no retry, but not for ever. */
export interface ThrottledOptions {
  /** How long one item may be put off by throttling in all; a wait that would go beyond it is not begun. Default `'30m'`. */
  readonly maxWait?: Duration;
}

/** Retries after the first attempt, by outcome class; what is not named keeps its default. */
export type RetryPolicyOptions = {
  readonly [C in Exclude<OutcomeClass, 'ok' | 'throttled' | 'cancelled'>]?: number;
} & {
  readonly throttled?: ThrottledOptions;
  /** Attempts in all, the first included; throttled ones are not counted. Default 5. */
  readonly attempts?: number;
  /** First wait of the backoff. Default `'500ms'`. */
  readonly initial?: Duration;
  /** Longest wait of the backoff. Default `'60s'`. */
  readonly max?: Duration;
};

/** What an item has spent of its policy, kept in the ledger between its attempts. */
export interface Spent {
  /** Retries by class. */
  readonly retries: Readonly<Partial<Record<OutcomeClass, number>>>;
  /** Milliseconds for which throttling has put it off. */
  readonly throttledMs: number;
}

export const NOTHING_SPENT: Spent = { retries: {}, throttledMs: 0 };

/** A retry that the policy grants, and what it costs. */
export interface GrantedRetry {
  readonly waitMs: number;
  readonly spent: Spent;
}

/** The longest `Retry-After` that is obeyed to the letter. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/** Decides whether and when an item is tried again. */
export class RetryPolicy {
  readonly #options: RetryPolicyOptions;
  readonly #attempts: number;
  readonly #initialMs: number;
  readonly #maxMs: number;
  readonly #maxThrottledMs: number;
  readonly #random: () => number;

  /** @throws UsageError for a class that does not exist or a number that cannot be. */
  constructor(options: RetryPolicyOptions, random: () => number) {
    for (const [name, value] of Object.entries(options)) {
      if (['throttled', 'initial', 'max'].includes(name)) continue;
      const isKnown = name === 'attempts' || name in OUTCOME_CLASSES;
      if (!isKnown)
        throw new UsageError(
          `retry: '${name}' is no outcome class; there are ${Object.keys(OUTCOME_CLASSES).join(', ')}`,
        );
      const least = name === 'attempts' ? 1 : 0;
      if (typeof value !== 'number' || !(value >= least))
        throw new UsageError(`retry.${name} must be a number of ${least} or more, not ${String(value)}`);
    }
    this.#options = options;
    this.#attempts = options.attempts ?? 5;
    this.#initialMs = parseDuration(options.initial ?? 500);
    this.#maxMs = parseDuration(options.max ?? 60_000);
    this.#maxThrottledMs = parseDuration(options.throttled?.maxWait ?? '30m');
    this.#random = random;
  }

  /** The retry after an attempt that ended in `outcomeClass`; undefined when the policy gives none. */
  grant(outcomeClass: OutcomeClass, spent: Spent, retryAfterMs: number | undefined): GrantedRetry | undefined {
    if (outcomeClass === 'throttled') return this.#grantThrottled(spent, retryAfterMs);
    const used = spent.retries[outcomeClass] ?? 0;
    const allowed = this.#allowed(outcomeClass);
    const { throttled: _, ...counted } = spent.retries;
    const inAll = Object.values(counted).reduce((sum, count) => sum + count, 0);
    if (used >= allowed || inAll + 1 >= this.#attempts) return undefined;
    const waitMs = retryAfterMs === undefined ? this.#backoff(inAll) : this.#asAsked(retryAfterMs);
    return { waitMs, spent: { ...spent, retries: { ...spent.retries, [outcomeClass]: used + 1 } } };
  }

  /** A retry that costs nothing: what happened says nothing about the item. */
  free(spent: Spent): GrantedRetry {
    return { waitMs: this.#backoff(1), spent };
  }

  #grantThrottled(spent: Spent, retryAfterMs: number | undefined): GrantedRetry | undefined {
    const times = spent.retries.throttled ?? 0;
    const waitMs = retryAfterMs === undefined ? this.#backoff(times) : this.#asAsked(retryAfterMs);
    // A server that asks for no wait at all must not be asked for ever.
    const throttledMs = spent.throttledMs + Math.max(1, waitMs);
    if (throttledMs > this.#maxThrottledMs) return undefined;
    return { waitMs, spent: { retries: { ...spent.retries, throttled: times + 1 }, throttledMs } };
  }

  #allowed(outcomeClass: OutcomeClass): number {
    const own = this.#options[outcomeClass as Exclude<OutcomeClass, 'ok' | 'throttled' | 'cancelled'>];
    return own ?? classRule(outcomeClass).retries;
  }

  /** What the server asked for, and up to a tenth (at most 1 s) more, so that all who were told the same do not come back at once. */
  #asAsked(retryAfterMs: number): number {
    const asked = Math.min(retryAfterMs, MAX_RETRY_AFTER_MS);
    return asked + this.#random() * Math.min(1000, Math.max(50, asked / 10));
  }

  /**
   * Full jitter (Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015), but for the first fifth: what fails everywhere at once is
   * known as an outage by then, and a retry would have been spent on it.
   */
  #backoff(retriesBefore: number): number {
    return (0.2 + 0.8 * this.#random()) * Math.min(this.#maxMs, this.#initialMs * 2 ** Math.min(retriesBefore, 30));
  }
}

/** Whether anything but throttling was retried: such an item draws on its host's retry budget. */
export function hasRetried({ retries }: Spent): boolean {
  for (const outcomeClass in retries) if (outcomeClass !== 'throttled') return true;
  return false;
}

/** The text that the ledger keeps; null when nothing was spent. */
export function writeSpent(spent: Spent): string | null {
  return spent === NOTHING_SPENT ? null : JSON.stringify(spent);
}

export function readSpent(text: string | null): Spent {
  return text === null ? NOTHING_SPENT : (JSON.parse(text) as Spent);
}
