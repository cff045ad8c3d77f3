/** A rate: `limit` units in every `perMs` milliseconds. */
export interface BucketOptions {
  readonly limit: number;
  readonly perMs: number;
  /** The most that can be saved up. Default: a tenth of a second's worth, at least 1, so that a late timer loses nothing. */
  readonly burst?: number;
}

/**
 * A token bucket (RFC 2697's committed rate, without colours): it fills at a constant rate up to its burst, and what passes takes from it. What is
 * taken is often an estimate, so the level can be corrected later, also to below zero: then nothing passes until the debt is paid.
 *
 * @example
 * const bucket = new TokenBucket({ limit: 60_000, perMs: 60_000, burst: 60_000 }, performance.now());
 * if (bucket.readyAt(performance.now(), 800) <= performance.now()) bucket.take(performance.now(), 800);
 * bucket.correct(performance.now(), 800 - 312); // it was 312 after all
 */
export class TokenBucket {
  #perMs: number;
  #burst: number;
  #level: number;
  #at: number;

  /** Begins full. */
  constructor(options: BucketOptions, nowMs: number) {
    this.#perMs = options.limit / options.perMs;
    this.#burst = burstOf(options);
    this.#level = this.#burst;
    this.#at = nowMs;
  }

  /** Units a millisecond. */
  get perMs(): number {
    return this.#perMs;
  }

  /** What is saved up; below zero when more was used than was taken. */
  level(nowMs: number): number {
    this.#fill(nowMs);
    return this.#level;
  }

  /** When `amount` can be taken, if nobody else takes before. More than the burst goes when the bucket is full. */
  readyAt(nowMs: number, amount = 1): number {
    this.#fill(nowMs);
    const missing = Math.min(amount, this.#burst) - this.#level;
    // A millionth of a unit is what rounding loses.
    return missing <= 1e-6 ? nowMs : nowMs + missing / this.#perMs;
  }

  take(nowMs: number, amount = 1): void {
    this.#fill(nowMs);
    this.#level -= amount;
  }

  /** Gives back what was taken too much (`surplus` above 0) or takes what was used beyond the estimate (below 0). */
  correct(nowMs: number, surplus: number): void {
    this.#fill(nowMs);
    this.#level = Math.min(this.#burst, this.#level + surplus);
  }

  /** Another rate from now on. What is saved up is kept, as far as the new burst allows; what is owed is kept whole. */
  configure(options: BucketOptions, nowMs: number): void {
    this.#fill(nowMs);
    this.#perMs = options.limit / options.perMs;
    this.#burst = burstOf(options);
    this.#level = Math.min(this.#level, this.#burst);
  }

  #fill(nowMs: number): void {
    if (nowMs <= this.#at) return;
    this.#level = Math.min(this.#burst, this.#level + (nowMs - this.#at) * this.#perMs);
    this.#at = nowMs;
  }
}

function burstOf(options: BucketOptions): number {
  return options.burst ?? Math.max(1, (options.limit / options.perMs) * 100);
}
