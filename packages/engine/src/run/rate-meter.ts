const SECONDS = 16;
const WINDOW = 8;

/** Events a second over the last seconds. */
export class RateMeter {
  readonly #counts = new Uint32Array(SECONDS);
  readonly #begunAt: number;
  #second: number;

  constructor(nowMs: number) {
    this.#begunAt = nowMs;
    this.#second = Math.floor(nowMs / 1000);
  }

  add(nowMs: number): void {
    this.#moveTo(nowMs);
    const slot = this.#second % SECONDS;
    this.#counts[slot] = this.#counts[slot]! + 1;
  }

  perSecond(nowMs: number): number {
    this.#moveTo(nowMs);
    let sum = 0;
    for (let back = 0; back < WINDOW; back++) sum += this.#counts[(this.#second - back + SECONDS) % SECONDS]!;
    // The current second has only begun, and so may the run have.
    const span = Math.min((WINDOW - 1) * 1000 + (nowMs % 1000), nowMs - this.#begunAt);
    return span > 0 ? (sum * 1000) / Math.max(span, 100) : 0;
  }

  #moveTo(nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    if (second - this.#second >= SECONDS) this.#counts.fill(0);
    else for (let next = this.#second + 1; next <= second; next++) this.#counts[next % SECONDS] = 0;
    if (second > this.#second) this.#second = second;
  }
}
