/**
 * A cap on money, or on anything that is spent and not refilled: what is under way counts with its estimate until its true cost is known, so that
 * the cap holds also when many are under way. Reached, it stays closed until it is raised.
 */
export class SpendCap {
  #cap: number;
  #spent: number;
  #reserved = 0;

  constructor(cap: number, spent = 0) {
    this.#cap = cap;
    this.#spent = spent;
  }

  get spent(): number {
    return this.#spent;
  }

  /** Whether `estimate` can still be spent. */
  allows(estimate: number): boolean {
    return this.#spent + this.#reserved + estimate <= this.#cap;
  }

  /** Whether the cap, and not what is under way, is what keeps `estimate` back: waiting does not help then. */
  isExhausted(estimate: number): boolean {
    return this.#spent + estimate > this.#cap;
  }

  begin(estimate: number): void {
    this.#reserved += estimate;
  }

  /** The true cost is known; 0 when nothing was sent. */
  end(estimate: number, cost: number): void {
    this.#reserved -= estimate;
    this.#spent += cost;
  }

  raise(cap: number): void {
    this.#cap = cap;
  }
}
