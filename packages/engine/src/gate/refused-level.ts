/** Longest time for which a level that was refused is not tried again. */
const LONGEST_HOLD_MS = 60_000;
const FIRST_HOLD_MS = 2000;

/** A number of requests under way that a server refused. It is left alone for a time, which doubles when it is refused again. */
export class RefusedLevel {
  #level = Number.POSITIVE_INFINITY;
  #holdMs = FIRST_HOLD_MS;
  #holdUntil = 0;

  refused(level: number, nowMs: number): void {
    const isSame = level > this.#level * 0.8;
    this.#holdMs = isSame ? Math.min(LONGEST_HOLD_MS, this.#holdMs * 2) : FIRST_HOLD_MS;
    this.#holdUntil = nowMs + this.#holdMs;
    this.#level = level;
  }

  /** How far up one may go. */
  roof(nowMs: number): number {
    return nowMs >= this.#holdUntil ? Number.POSITIVE_INFINITY : this.#level * 0.9;
  }
}
