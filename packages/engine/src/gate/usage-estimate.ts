/** Standard deviations by which the sum of what is under way has to miss its mean before it is more than was taken for it. */
const CAUTION = 8;

/**
 * How much a request will use (tokens of a reply, say) before that is known: the running mean and eight standard deviations, fewer the more are under
 * way, because sums vary less than what they are made of. What was taken too much comes back with each reply, so caution costs a little of what can
 * be saved up, and nothing of the rate.
 */
export class UsageEstimate {
  #mean: number;
  #variance = 0;
  #count = 0;

  /** `first` is used until the first reply. */
  constructor(first: number) {
    this.#mean = first;
  }

  /** What to take for one more when so many are under way. */
  of(underWay: number): number {
    return this.#mean + (CAUTION * Math.sqrt(this.#variance)) / Math.sqrt(underWay + 1);
  }

  /** Welford's update, over about the last 200 replies. */
  add(actual: number): void {
    this.#count = Math.min(200, this.#count + 1);
    const difference = actual - (this.#count === 1 ? actual : this.#mean);
    if (this.#count === 1) this.#mean = actual;
    this.#mean += difference / this.#count;
    this.#variance += (difference * (actual - this.#mean) - this.#variance) / this.#count;
  }
}
