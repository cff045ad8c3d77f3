/** Two estimates as close as this are one. */
const CLOSE = 1.03;
/** What is estimated from so many requests needs no confirmation. */
const MANY = 40;
/** Runs that are nearly as long tell too little. */
const LEAST_DIFFERENCE = 0.15;

/** Requests at one pace, from its beginning after a pause to a refusal. */
export interface Run {
  readonly count: number;
  readonly ms: number;
}

/** What is known otherwise, in requests a millisecond. */
export interface KnownPaces {
  /** The limit is not lower. */
  readonly low: number;
  /** The highest pace that lasted, and for how long. */
  readonly safe: number;
  readonly safeMs: number;
}

/**
 * The limit of a server that counts as a token bucket does, by two refusals: after a pause the bucket holds what it always holds then, so what passed
 * more in the longer run is the rate times the time that it took longer. In requests a millisecond.
 */
export class BucketEstimate {
  #run: Run | undefined;
  #estimate: number | undefined;

  /** Servers that count otherwise have none. */
  get isBucket(): boolean {
    return this.#estimate !== undefined;
  }

  forget(): void {
    this.#run = undefined;
    this.#estimate = undefined;
  }

  /** What a run tells beside the one before it; undefined where that is nothing, or contradicts what is known. */
  of(run: Run, known: KnownPaces): number | undefined {
    const before = this.#run;
    if (before === undefined) return undefined;
    const moreMs = run.ms - before.ms;
    if (Math.abs(moreMs) < LEAST_DIFFERENCE * Math.max(run.ms, before.ms)) return undefined;
    const rate = (run.count - before.count) / moreMs;
    const held = run.count - rate * run.ms;
    if (rate < known.low * 0.97 || held < 0) return undefined;
    // At the pace that lasted such a bucket would have been empty before.
    const isRefuted = known.safe > rate && known.safeMs * (known.safe - rate) > 1.5 * held;
    return isRefuted ? undefined : rate;
  }

  /** Whether an estimate needs no other refusal to confirm it. */
  isCertain(estimate: number, run: Run, known: KnownPaces): boolean {
    return (
      Math.abs(run.count - this.#run!.count) >= MANY ||
      isClose(estimate, this.#estimate ?? 0) ||
      isClose(estimate, known.low)
    );
  }

  /** The run is the one that the next is held against. */
  keep(run: Run, estimate: number | undefined = this.#estimate): void {
    this.#run = run;
    this.#estimate = estimate;
  }
}

function isClose(a: number, b: number): boolean {
  return a < b * CLOSE && b < a * CLOSE;
}
