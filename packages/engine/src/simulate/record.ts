import type { Ending } from './simulated-wire.ts';

/** How many of what in each bar of time, and the mean of what has a level. */
export interface Series {
  readonly barMs: number;
  /** Requests that the servers answered with 200. */
  readonly ok: number[];
  readonly throttled: number[];
  /** Every other end. */
  readonly failed: number[];
  /** Requests that began while the host had asked to wait. */
  readonly early: number[];
  /** Mean number under way. */
  readonly inFlight: number[];
  /** Mean number in the servers' lines. */
  readonly waiting: number[];
}

/** Counts what happens, in all and over time. */
export class Recorder {
  readonly series: Series;
  readonly ends: Partial<Record<Ending['class'], number>> = {};
  begun = 0;
  early = 0;
  inFlight = 0;
  maxInFlight = 0;
  #sinceMs = 0;

  constructor(barMs: number) {
    this.series = { barMs, ok: [], throttled: [], failed: [], early: [], inFlight: [], waiting: [] };
  }

  begin(nowMs: number, isEarly: boolean): void {
    this.#level(nowMs);
    this.inFlight++;
    this.maxInFlight = Math.max(this.maxInFlight, this.inFlight);
    this.begun++;
    if (!isEarly) return;
    this.early++;
    this.#add('early', nowMs, 1);
  }

  end(nowMs: number, ending: Ending): void {
    this.#level(nowMs);
    this.inFlight--;
    this.ends[ending.class] = (this.ends[ending.class] ?? 0) + 1;
    this.#add(ending.class === 'ok' || ending.class === 'throttled' ? ending.class : 'failed', nowMs, 1);
  }

  /** So many stood in lines for so long. */
  lines(nowMs: number, waiting: number, ms: number): void {
    this.#add('waiting', nowMs, (waiting * ms) / this.series.barMs);
  }

  /** Ends the series at `nowMs`, all as long as each other. */
  finish(nowMs: number): void {
    this.#level(nowMs);
    const bars = Math.ceil(nowMs / this.series.barMs);
    for (const list of Object.values(this.series)) {
      if (!Array.isArray(list)) continue;
      for (let bar = 0; bar < bars; bar++) list[bar] ??= 0;
      list.length = bars;
    }
  }

  #level(nowMs: number): void {
    const { barMs } = this.series;
    while (this.#sinceMs < nowMs) {
      const barEnd = (Math.floor(this.#sinceMs / barMs + 1e-9) + 1) * barMs;
      const until = Math.min(nowMs, barEnd);
      if (this.inFlight > 0) this.#add('inFlight', this.#sinceMs, (this.inFlight * (until - this.#sinceMs)) / barMs);
      this.#sinceMs = until;
    }
  }

  #add(name: Exclude<keyof Series, 'barMs'>, nowMs: number, amount: number): void {
    const bar = Math.floor(nowMs / this.series.barMs + 1e-9);
    const list = this.series[name];
    list[bar] = (list[bar] ?? 0) + amount;
  }
}
