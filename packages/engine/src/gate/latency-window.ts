/** So many latencies of the past are remembered in the variation, about. */
const MEMORY = 100;
/** Servers that nobody knows vary by two fifths of their mean: believed as much as so many latencies. */
const PRIOR_VARIATION = 0.4;
const PRIOR_WEIGHT = 4;
const PRIOR_SPREAD = PRIOR_VARIATION * PRIOR_VARIATION * PRIOR_WEIGHT;
/** The share of the requests that is not waited for where latencies vary as much as their mean; none where they do not vary. */
const TAIL = 0.1;

/** What began while a window was full belongs to none. */
const NO_WINDOW = 0;

/**
 * The mean latency of the requests that began first since it was last cleared. It waits for nearly all of them: a mean of those that have ended would
 * be that of the quick ones. Of the others it takes the age and, as if they ended at random, the time that is still to come.
 */
export class LatencyWindow {
  #wanted = Number.POSITIVE_INFINITY;
  /** Tells what began in this window from what began in others. */
  #number = 0;
  #begun = 0;
  #ended = 0;
  #latencies = 0;
  /** Sum of the times at which what is under way began. */
  #starts = 0;
  /** Running means of latency and its square, over all windows: the variation belongs to the server. */
  #mean = 0;
  #square = 0;
  #known = 0;
  #variation = PRIOR_VARIATION;

  /** How many have ended. */
  get count(): number {
    return this.#ended;
  }

  /** Standard deviation over mean. */
  get variation(): number {
    return this.#variation;
  }

  /** Begins anew, with the next `wanted` requests. */
  clear(wanted: number): void {
    this.#number++;
    this.#wanted = wanted;
    this.#begun = 0;
    this.#ended = 0;
    this.#latencies = 0;
    this.#starts = 0;
  }

  /** A request begins: its window, to be handed back with how it ended. */
  began(nowMs: number): number {
    if (this.#begun >= this.#wanted) return NO_WINDOW;
    this.#begun++;
    this.#starts += nowMs;
    return this.#number;
  }

  /** A latency of any request. */
  learn(latencyMs: number): void {
    this.#known = Math.min(MEMORY, this.#known + 1);
    this.#mean += (latencyMs - this.#mean) / this.#known;
    this.#square += (latencyMs * latencyMs - this.#square) / this.#known;
    const own = this.#mean === 0 ? 0 : Math.max(0, this.#square / (this.#mean * this.#mean) - 1);
    this.#variation = Math.sqrt((own * this.#known + PRIOR_SPREAD) / (this.#known + PRIOR_WEIGHT));
  }

  answered(window: number, latencyMs: number, startedAtMs: number): void {
    if (window !== this.#number) return;
    this.#ended++;
    this.#starts -= startedAtMs;
    this.#latencies += latencyMs;
  }

  /** It ended without an answer. */
  left(window: number, startedAtMs: number): void {
    if (window !== this.#number) return;
    this.#begun--;
    this.#starts -= startedAtMs;
  }

  /** Whether enough have ended to tell the mean. */
  get isFull(): boolean {
    if (this.#begun < this.#wanted || this.#ended === 0) return false;
    return this.#begun - this.#ended <= this.#begun * TAIL * Math.min(1, this.variation);
  }

  mean(nowMs: number): number {
    const underWay = this.#begun - this.#ended;
    const ages = underWay * nowMs - this.#starts;
    const toCome = (underWay * this.#latencies) / this.#ended;
    return (this.#latencies + ages + toCome * Math.min(1, this.variation ** 2)) / this.#begun;
  }
}
