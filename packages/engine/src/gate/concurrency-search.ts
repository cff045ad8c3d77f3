import { LatencyWindow } from './latency-window.ts';
import { RefusedLevel } from './refused-level.ts';

/** Bounds of a {@link ConcurrencySearch}. */
export interface ConcurrencyBounds {
  readonly min: number;
  readonly max: number;
  /** Where it begins. Default 2. */
  readonly initial?: number;
}

/** A request of which it is told how it ended. */
export interface Timed {
  readonly startedAt: number;
  /** What {@link ConcurrencySearch.began} gave. */
  readonly window: number;
}

/** Clocks are coarse: no answer takes no time. */
const LEAST_MS = 0.01;
/** The requests of a window have to tell its mean to within a twentieth. */
const PRECISION = 0.025;
/** After so many windows, or so long, latency without a queue is measured anew. */
const SOUND_WINDOWS = 12;
const SOUND_MS = 10_000;
/** The share of the limit at which it is measured. */
const SOUND_SHARE = 0.8;

/**
 * Finds how many requests a server takes at once. It begins at two and grows while goodput pays: by doubling, from 16 on by half, so that a server
 * which collapses above its capacity is not pushed far over it. Then it keeps a short queue there, estimated from latency as TCP Vegas does
 * (Brakmo and Peterson, 1995): `limit × (1 − base / latency)`. Refusals and deadlines lower it by a quarter, once for all that were under way
 * together; a level that was refused is left alone for a time that doubles. What latency would be without a queue is learned anew whenever lowering
 * the limit did not lower latency.
 *
 * Pure: it is told the time. A sample counts for the limit under which its request began.
 */
export class ConcurrencySearch {
  #min: number;
  #max: number;
  #limit: number;
  #isSearching = true;
  /** Mean latency without a queue. */
  #base: number | undefined;
  #baseWeight = 0;
  /** Samples of requests that began before belong to an earlier limit. */
  #epoch = Number.NEGATIVE_INFINITY;
  readonly #window = new LatencyWindow();
  /** Latency of the last few, for what must not wait for a whole window. */
  #recent = 0;
  #recentCount = 0;
  #peak = 0;
  #streak = 0;
  /** Windows since latency without a queue was measured, and when that was. */
  #unsounded = 0;
  #soundedAt = 0;
  /** While it is being measured: the limit and the latency before. */
  #sounding: { readonly limit: number; readonly latency: number } | undefined;
  #isLowNext = true;
  /** While it searches: what was seen of this level is looked at again. */
  #isInDoubt = false;
  /** Set when the limit was lowered for a queue: whether latency follows tells whether there was one. */
  #check: { readonly limit: number; readonly latency: number } | undefined;
  readonly #refused = new RefusedLevel();

  constructor(bounds: ConcurrencyBounds) {
    this.#min = bounds.min;
    this.#max = bounds.max;
    this.#limit = clamp(bounds.initial ?? 2, bounds.min, bounds.max);
    this.#window.clear(this.#needed());
  }

  /** How many may be under way. */
  get limit(): number {
    return Math.floor(this.#limit + 1e-9);
  }

  configure(bounds: ConcurrencyBounds, nowMs: number): void {
    this.#min = bounds.min;
    this.#max = bounds.max;
    this.#move(this.#limit, nowMs);
  }

  /** Begins anew from below, after a time in which the host was away. What is known of its latency is kept. */
  restart(nowMs: number): void {
    this.#isSearching = true;
    this.#move(2, nowMs);
  }

  /** A request began; `inFlight` counts it. What it gives is handed back with how it ended. */
  began(inFlight: number, nowMs: number): number {
    if (inFlight > this.#peak) this.#peak = inFlight;
    return this.#window.began(nowMs);
  }

  /** A request ended in a way that tells nothing about load, or was not made. */
  left({ startedAt, window }: Timed): void {
    this.#window.left(window, startedAt);
  }

  /**
   * A request was answered, well or with a refusal that has nothing to do with load. `setUpMs` of its time went before it was sent, for a connection
   * say: that is no latency.
   */
  answered({ startedAt, window }: Timed, nowMs: number, setUpMs = 0): void {
    const latencyMs = Math.max(LEAST_MS, nowMs - startedAt - setUpMs);
    // What an overload does to latency says nothing about how the server varies.
    if (this.#base === undefined || this.#recent < this.#base * 2) this.#window.learn(latencyMs);
    this.#window.answered(window, latencyMs, startedAt);
    if (startedAt < this.#epoch) return;
    this.#recentCount++;
    this.#recent += (latencyMs - this.#recent) / Math.min(this.#recentCount, this.#telling);
    if (this.#isOverrun()) {
      const base = this.#base!;
      this.#check = { limit: this.#limit, latency: this.#recent };
      this.#isSearching = false;
      this.#streak = 0;
      this.#move(Math.min(this.#limit * 0.9, (this.#limit * base) / this.#recent + 1), nowMs);
      return;
    }
    if (this.#window.isFull) this.#judge(nowMs);
  }

  /** The server refused a request for its load, or it took too long. */
  dropped({ startedAt, window }: Timed, nowMs: number): void {
    this.#window.left(window, startedAt);
    if (startedAt < this.#epoch) return;
    // Where something else bounds the flow (a rate), the number under way is not what was too much.
    if (this.#peak < this.limit * 0.8) return;
    this.#refused.refused(this.#limit, nowMs);
    this.#isSearching = false;
    this.#streak = 0;
    this.#move(this.#limit * 0.75, nowMs);
  }

  /** How many of the last requests tell latency to within a quarter. */
  get #telling(): number {
    const spread = 4 * this.#window.variation;
    return clamp(Math.ceil(spread * spread), 4, 32);
  }

  /** Latency has risen so far that waiting for a whole window would mean to go on overloading. */
  #isOverrun(): boolean {
    if (this.#base === undefined || this.#recentCount < this.#telling || this.limit <= this.#min) return false;
    return this.#recent > this.#base * (2 + (6 * this.#window.variation) / Math.sqrt(this.#telling));
  }

  #needed(): number {
    if (this.#isSearching) return Math.max(6, this.#limit);
    const telling = (this.#window.variation / PRECISION) ** 2;
    return clamp(telling, Math.max(8, this.#limit), Math.max(16, 8 * this.#limit));
  }

  #judge(nowMs: number): void {
    const latency = this.#window.mean(nowMs);
    const wasFull = this.#peak >= this.limit;
    this.#relearn(latency);
    this.#base ??= latency;
    const queue = this.#limit * Math.max(0, 1 - this.#base / latency);
    if (this.#isSearching) this.#search(latency, queue, wasFull, nowMs);
    else if (this.#sounding !== undefined) this.#sounded(this.#sounding, latency, nowMs);
    else if (wasFull && this.#isToSound(nowMs)) this.#sound(latency, nowMs);
    else this.#steer(latency, queue, wasFull, nowMs);
  }

  /** When the limit went down and latency did not, no queue of ours was behind it: this is what the server takes now. */
  #relearn(latency: number): void {
    const check = this.#check;
    if (check === undefined || this.#limit > check.limit * 0.85) return;
    this.#check = undefined;
    if (latency > check.latency * (0.7 + (0.3 * this.#limit) / check.limit)) this.#base = latency;
  }

  #isToSound(nowMs: number): boolean {
    this.#unsounded++;
    return this.#streak === 0 && (this.#unsounded >= SOUND_WINDOWS || nowMs > this.#soundedAt + SOUND_MS);
  }

  /**
   * Goes to another level for one window, lower and higher in turn: only latency below the limit is without a queue, and only more under way tells
   * whether there is room that latency, as it was believed to be, has hidden.
   */
  #sound(latency: number, nowMs: number): void {
    const before = { limit: this.#limit, latency };
    const higher = Math.min(this.#roof(nowMs), Math.max(this.#limit + 1, this.#limit * 1.25));
    this.#isLowNext = !this.#isLowNext && this.#limit >= 4;
    this.#move(this.#isLowNext ? this.#limit * SOUND_SHARE : higher, nowMs);
    this.#sounding = before;
  }

  #sounded(before: { readonly limit: number; readonly latency: number }, latency: number, nowMs: number): void {
    this.#unsounded = 0;
    this.#soundedAt = nowMs;
    if (this.#limit < before.limit) this.#base! += (latency - this.#base!) * (latency < this.#base! * 0.9 ? 1 : 0.5);
    else if (latency - before.latency < before.latency * (this.#limit / before.limit - 1) * 0.4) {
      // Where there is a queue, latency grows with it: here it did not.
      this.#base = Math.max(this.#base!, (before.latency + latency) / 2);
      this.#streak = 2;
      this.#move(this.#limit, nowMs);
      return;
    }
    this.#move(before.limit, nowMs);
  }

  #search(latency: number, queue: number, wasFull: boolean, nowMs: number): void {
    const noise = 3 * this.#window.variation * Math.sqrt(1 / this.#window.count + 1 / Math.max(1, this.#baseWeight));
    const rise = latency / this.#base! - 1.1;
    // A few slow answers may be chance, a few quick ones too: neither goes on nor ends the search before a second look.
    if (!this.#isInDoubt && queue > 1 && rise > 0.3 * noise && rise < 2 * noise) {
      this.#isInDoubt = true;
      this.#window.clear(2 * this.#needed());
      return;
    }
    if (rise < noise || queue <= 1) {
      const weight = Math.min(64, this.#window.count);
      this.#baseWeight = Math.min(256, this.#baseWeight + weight);
      this.#base! += ((latency - this.#base!) * weight) / this.#baseWeight;
      if (wasFull)
        this.#move(Math.min(this.#limit < 16 ? this.#limit * 2 : this.#limit * 1.5, this.#roof(nowMs)), nowMs);
      else this.#move(this.#limit, nowMs);
      if (this.#limit >= this.#max) this.#isSearching = false;
      return;
    }
    this.#isSearching = false;
    this.#check = { limit: this.#limit, latency };
    this.#move((this.#limit * this.#base!) / latency + alpha(this.#limit), nowMs);
  }

  #steer(latency: number, queue: number, wasFull: boolean, nowMs: number): void {
    const noise = (2 * this.#window.variation) / Math.sqrt(this.#window.count);
    if (latency < this.#base! * (1 - noise)) this.#base! += (latency - this.#base!) * 0.25;
    // What chance alone could make look like a queue is none.
    if (queue < Math.max(alpha(this.#limit), this.#limit * 1.5 * noise)) {
      if (!wasFull) {
        this.#move(this.#limit, nowMs);
        return;
      }
      const step = Math.min(2 ** this.#streak, this.#limit / 2);
      this.#streak = Math.min(10, this.#streak + 1);
      this.#move(Math.min(this.#limit + Math.max(1, step), this.#roof(nowMs)), nowMs);
      return;
    }
    this.#streak = 0;
    if (queue <= beta(this.#limit)) {
      this.#window.clear(this.#needed());
      this.#peak = 0;
      return;
    }
    this.#check ??= { limit: this.#limit, latency };
    this.#move(this.#limit - (queue - (alpha(this.#limit) + beta(this.#limit)) / 2), nowMs);
  }

  /** Not back to a level that was refused, for a while; then beyond it. */
  #roof(nowMs: number): number {
    return Math.max(this.#limit, this.#refused.roof(nowMs));
  }

  #move(limit: number, nowMs: number): void {
    const bounded = clamp(limit, this.#min, this.#max);
    if (bounded > this.#limit) this.#check = undefined;
    this.#sounding = undefined;
    this.#isInDoubt = false;
    this.#limit = bounded;
    this.#epoch = nowMs;
    this.#window.clear(this.#needed());
    this.#recentCount = 0;
    this.#peak = 0;
  }
}

/** Fewer than this in the queue: there is room. */
function alpha(limit: number): number {
  return Math.max(0.8, 0.04 * limit);
}

/** More than this in the queue: it is too much. */
function beta(limit: number): number {
  return Math.max(2, 0.12 * limit);
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
