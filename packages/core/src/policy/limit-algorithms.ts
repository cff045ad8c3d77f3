/** What one call that ended tells about the limit. */
export interface LimitSample {
  /** How long the call took, in milliseconds. */
  readonly rttMs: number;
  /** How many were under way when it began, itself included. */
  readonly inFlight: number;
  /** Whether it was dropped: refused, or given up because it took too long. */
  readonly dropped: boolean;
}

/** Finds the number of calls that a server takes at once, from how the calls end. */
export interface LimitAlgorithm {
  /** The new limit, not yet rounded; the caller keeps it in its bounds and gives it back with the next sample. */
  next(limit: number, sample: LimitSample): number;
}

/**
 * One more while calls succeed, nine tenths at a drop (additive increase, multiplicative decrease: Chiu and Jain, 1989; numbers as in Netflix's
 * concurrency-limits, AIMDLimit). It needs drops to find its bound, and looks at no latency.
 */
export class Aimd implements LimitAlgorithm {
  next(limit: number, { inFlight, dropped }: LimitSample): number {
    if (dropped) return limit * 0.9;
    // A limit that is not used is not known to be good.
    return inFlight * 2 >= limit ? limit + 1 : limit;
  }
}

/**
 * Estimates how many calls queue at the server from the growth of latency over the least that was seen, and keeps a few there
 * (TCP Vegas: Brakmo and Peterson, "TCP Vegas: End to End Congestion Avoidance on a Global Internet", 1995; numbers as in Netflix's
 * concurrency-limits, VegasLimit). The least latency is forgotten from time to time, as a server may become slower for good.
 */
export class Vegas implements LimitAlgorithm {
  readonly #random: () => number;
  #leastRttMs = Number.POSITIVE_INFINITY;
  #samples = 0;
  #probeAfter: number;

  /** @param random spreads the probes of many limits over time. */
  constructor(random: () => number) {
    this.#random = random;
    this.#probeAfter = this.#drawProbe();
  }

  next(limit: number, { rttMs, inFlight, dropped }: LimitSample): number {
    if (++this.#samples >= this.#probeAfter * limit) {
      this.#samples = 0;
      this.#probeAfter = this.#drawProbe();
      this.#leastRttMs = rttMs;
      return limit;
    }
    const step = Math.max(1, Math.floor(Math.log10(limit)));
    if (dropped) return limit - step;
    if (rttMs < this.#leastRttMs) {
      this.#leastRttMs = rttMs;
      return limit;
    }
    if (inFlight * 2 < limit) return limit;
    const queued = rttMs === 0 ? 0 : Math.ceil(limit * (1 - this.#leastRttMs / rttMs));
    if (queued <= step) return limit + 6 * step;
    if (queued < 3 * step) return limit + step;
    return queued > 6 * step ? limit - step : limit;
  }

  #drawProbe(): number {
    return 30 * (0.5 + this.#random() / 2);
  }
}

/**
 * Follows the ratio of the long-term latency to the latest one: above it the server queues, and the limit shrinks in that proportion; else it grows
 * by a small queue (Netflix's concurrency-limits, Gradient2Limit). A drop, which that does not look at, counts as the steepest gradient.
 */
export class Gradient2 implements LimitAlgorithm {
  #longRttMs = 0;
  #samples = 0;

  next(limit: number, { rttMs, inFlight, dropped }: LimitSample): number {
    if (dropped) return smooth(limit, limit * MIN_GRADIENT);
    this.#learn(rttMs);
    // Latency that has fallen far: the long-term value must not take ever so long to follow.
    if (this.#longRttMs > 2 * rttMs) this.#longRttMs *= 0.95;
    if (inFlight * 2 < limit) return limit;
    const gradient = rttMs === 0 ? 1 : Math.min(1, Math.max(MIN_GRADIENT, (TOLERANCE * this.#longRttMs) / rttMs));
    return smooth(limit, limit * gradient + QUEUE);
  }

  /** The mean of the first few, then an exponential average. */
  #learn(rttMs: number): void {
    this.#samples++;
    const share = this.#samples <= WARM_UP ? 1 / this.#samples : 2 / (LONG_WINDOW + 1);
    this.#longRttMs += (rttMs - this.#longRttMs) * share;
  }
}

const MIN_GRADIENT = 0.5;
const TOLERANCE = 1.5;
const QUEUE = 4;
const WARM_UP = 10;
const LONG_WINDOW = 600;

function smooth(limit: number, next: number): number {
  return limit * 0.8 + next * 0.2;
}
