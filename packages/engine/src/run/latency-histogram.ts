import type { LatencySummary } from './progress.ts';

/** Buckets grow by a twentieth, so a percentile is right to about 5 %. */
const GROWTH = Math.log(1.05);
const SMALLEST_MS = 0.05;
const BUCKETS = 400;

/** Counts durations in buckets of growing width: constant memory, O(1) to add to. */
export class LatencyHistogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #total = 0;
  #max = 0;

  add(ms: number): void {
    const bucket = ms <= SMALLEST_MS ? 0 : Math.min(BUCKETS - 1, Math.ceil(Math.log(ms / SMALLEST_MS) / GROWTH));
    this.#counts[bucket] = this.#counts[bucket]! + 1;
    this.#total++;
    if (ms > this.#max) this.#max = ms;
  }

  summary(): LatencySummary {
    if (this.#total === 0) return { p50: null, p95: null, p99: null, max: null };
    return { p50: this.#percentile(0.5), p95: this.#percentile(0.95), p99: this.#percentile(0.99), max: this.#max };
  }

  #percentile(share: number): number {
    let left = Math.ceil(this.#total * share);
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.#counts[bucket]!;
      if (left <= 0) return Math.min(this.#max, SMALLEST_MS * Math.exp(bucket * GROWTH));
    }
    return this.#max;
  }
}
