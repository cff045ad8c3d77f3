import type { AnnouncedLimit } from './read-rate-headers.ts';

/**
 * One limit that a server announces with its replies, obeyed and never probed. What is left is counted down here as requests begin and set anew by
 * every reply, less what the server had not seen when it wrote it; the rest of a window is spread over its time.
 *
 * Pure: it is told the time.
 */
export class AnnouncedGate {
  #limit = Number.POSITIVE_INFINITY;
  /** What the server said, less what has begun since. */
  #left = Number.POSITIVE_INFINITY;
  #resetAt = 0;
  /** Units a millisecond that come back, for a limit that fills all the time. */
  #fill = 0;
  #filledAt = 0;
  #windowMs: number | undefined;
  #nextAt = 0;
  #underWay: number;

  /** `underWay`: what had begun before the limit was known. */
  constructor(underWay: number) {
    this.#underWay = underWay;
  }

  readyAt(nowMs: number, amount: number): number {
    this.#turn(nowMs);
    if (this.#left >= amount) return Math.max(nowMs, this.#nextAt);
    // A request that asks for more than a whole window goes when it is full.
    if (this.#left >= this.#limit) return nowMs;
    if (this.#fill > 0) return nowMs + (Math.min(amount, this.#limit) - this.#left) / this.#fill;
    return Math.max(this.#resetAt, nowMs + 1);
  }

  began(nowMs: number, amount: number): void {
    this.#turn(nowMs);
    const gap = this.#gap(nowMs) * amount;
    this.#left -= amount;
    this.#underWay += amount;
    this.#nextAt = Math.max(this.#nextAt, nowMs - 5 * gap) + gap;
  }

  ended(amount: number): void {
    this.#underWay = Math.max(0, this.#underWay - amount);
  }

  /** What began was never sent. */
  giveBack(amount: number): void {
    this.ended(amount);
    this.#left += amount;
  }

  /** A reply told the limit. Call it after {@link ended} of its request. */
  told(limit: AnnouncedLimit, nowMs: number): void {
    if (limit.limit !== undefined) this.#limit = limit.limit;
    this.#windowMs = limit.windowMs ?? this.#windowMs;
    // Of what is under way nobody knows whether the server had counted it: assume it had not.
    const left = limit.remaining - this.#underWay;
    // Times are told in whole seconds, rounded up: of replies in one window the earliest is the nearest to the truth.
    const resetAt = nowMs + limit.resetMs;
    const isSameWindow = nowMs < this.#resetAt && Math.abs(resetAt - this.#resetAt) <= 1000;
    this.#resetAt = isSameWindow ? Math.min(resetAt, this.#resetAt) : resetAt;
    if (limit.kind === 'refill') {
      const missing = this.#limit - limit.remaining;
      if (Number.isFinite(missing) && missing > 0 && limit.resetMs > 0) this.#fill = missing / limit.resetMs;
      this.#filledAt = nowMs;
    }
    this.#left = left;
    this.#nextAt = Math.min(this.#nextAt, nowMs + this.#gap(nowMs));
  }

  /** The time between two requests that uses up what is left at the end of the window, and not before. */
  #gap(nowMs: number): number {
    if (!Number.isFinite(this.#left)) return 0;
    if (this.#fill > 0) return this.#left > this.#limit * 0.01 ? 0 : 1 / this.#fill;
    return Math.max(0, this.#resetAt - nowMs) / Math.max(1, this.#left);
  }

  #turn(nowMs: number): void {
    if (this.#fill > 0) {
      this.#left = Math.min(this.#limit - this.#underWay, this.#left + (nowMs - this.#filledAt) * this.#fill);
      this.#filledAt = nowMs;
    } else if (nowMs >= this.#resetAt && this.#resetAt > 0) {
      this.#left = this.#limit - this.#underWay;
      this.#resetAt = this.#windowMs === undefined ? 0 : nowMs + this.#windowMs;
      this.#nextAt = nowMs;
    }
  }
}
