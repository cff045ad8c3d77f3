/** How much may be retried. */
export interface RetryBudgetOptions {
  /** Retries for each success. Default 0.2. */
  readonly share?: number;
  /** Retries a second that are always allowed, so that the last items of a host come to their end. Default 10. */
  readonly perSecond?: number;
  /** The most that can be saved up. Default 100. */
  readonly most?: number;
}

/**
 * A budget that keeps retries from multiplying the load of a host in trouble: each success pays for a fifth of a retry, and a few a second are free
 * (Finagle's `RetryBudget`; "Handling Overload" in the SRE book has the reasons). A retry that it cannot pay waits; nothing is given up for it.
 */
export class RetryBudget {
  readonly #share: number;
  readonly #perMs: number;
  readonly #most: number;
  #balance: number;
  #at: number;

  /** Begins with a second's worth. */
  constructor(options: RetryBudgetOptions, nowMs: number) {
    this.#share = options.share ?? 0.2;
    this.#perMs = (options.perSecond ?? 10) / 1000;
    this.#most = options.most ?? 100;
    this.#balance = Math.min(this.#most, Math.max(1, this.#perMs * 1000));
    this.#at = nowMs;
  }

  readyAt(nowMs: number): number {
    this.#fill(nowMs);
    if (this.#balance >= 1 - 1e-6) return nowMs;
    return this.#perMs === 0 ? Number.POSITIVE_INFINITY : nowMs + (1 - this.#balance) / this.#perMs;
  }

  take(nowMs: number): void {
    this.#fill(nowMs);
    this.#balance -= 1;
  }

  /** A retry that was not made after all. */
  giveBack(): void {
    this.#balance = Math.min(this.#most, this.#balance + 1);
  }

  success(): void {
    this.#balance = Math.min(this.#most, this.#balance + this.#share);
  }

  /** The free ones fill up to a second's worth only; the rest has to be earned. */
  #fill(nowMs: number): void {
    const free = Math.max(1, this.#perMs * 1000);
    if (this.#balance < free)
      this.#balance = Math.min(free, this.#balance + Math.max(0, nowMs - this.#at) * this.#perMs);
    this.#at = Math.max(this.#at, nowMs);
  }
}
