/** A snapshot of a `HitCounter`, as `GET /hits` answers it. */
export interface HitCounts {
  readonly total: number;
  /** Responses begun, by status code. A request that never got a response head is in `total` only. */
  readonly byStatus: Readonly<Record<string, number>>;
  /** Requests by path and query. */
  readonly paths: Readonly<Record<string, number>>;
}

/**
 * Counts every request a lab received, exactly, by path and query (the method does not matter). Requests to `/hits`
 * itself are not counted. One map entry is kept for each distinct path and query until `reset()`.
 */
export class HitCounter {
  #total = 0;
  #max = 0;
  readonly #byTarget = new Map<string, number>();
  readonly #byStatus = new Map<number, number>();

  /** All requests since the start or the last `reset()`. */
  get total(): number {
    return this.#total;
  }

  /** How often exactly this path and query was requested, for example `get('/item/7?x=1')`. */
  get(pathAndQuery: string): number {
    return this.#byTarget.get(pathAndQuery) ?? 0;
  }

  /** The highest count of any one path and query; 0 when nothing was requested. */
  max(): number {
    return this.#max;
  }

  /** Counts one request and returns how often this path and query has now been requested. */
  countRequest(pathAndQuery: string): number {
    const count = this.get(pathAndQuery) + 1;
    this.#byTarget.set(pathAndQuery, count);
    this.#total += 1;
    if (count > this.#max) this.#max = count;
    return count;
  }

  /** Counts one response whose head is being sent. */
  countStatus(status: number): void {
    this.#byStatus.set(status, (this.#byStatus.get(status) ?? 0) + 1);
  }

  /** Forgets everything; routes that heal after some requests start over, too. */
  reset(): void {
    this.#total = 0;
    this.#max = 0;
    this.#byTarget.clear();
    this.#byStatus.clear();
  }

  /** The snapshot that `GET /hits` serves. */
  toJSON(): HitCounts {
    return {
      total: this.#total,
      byStatus: Object.fromEntries(this.#byStatus),
      paths: Object.fromEntries(this.#byTarget),
    };
  }
}
