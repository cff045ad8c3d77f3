const SLOT_MS = 250;

/** How fast something went of late: over the last quarter of a second to the last half. */
export class RecentRate {
  #slot = Number.NEGATIVE_INFINITY;
  #now = 0;
  #before = 0;
  #beginMs = 0;

  add(nowMs: number): void {
    this.#turn(nowMs);
    this.#now++;
  }

  /** Per millisecond. */
  perMs(nowMs: number): number {
    this.#turn(nowMs);
    const sinceMs = Math.max(1, nowMs - Math.max(this.#beginMs, (this.#slot - 1) * SLOT_MS));
    return (this.#now + this.#before) / Math.max(SLOT_MS / 5, sinceMs);
  }

  #turn(nowMs: number): void {
    const slot = Math.floor(nowMs / SLOT_MS);
    if (slot === this.#slot) return;
    if (slot > this.#slot + 1) {
      this.#before = 0;
      this.#beginMs = nowMs;
    } else this.#before = this.#now;
    this.#now = 0;
    this.#slot = slot;
  }
}
