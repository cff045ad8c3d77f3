import { BucketEstimate, type KnownPaces, type Run } from './bucket-estimate.ts';
import { RecentRate } from './recent-rate.ts';
import { RefusalBlame } from './refusal-blame.ts';
import { TokenBucket } from './token-bucket.ts';

/** A pace that has lasted for so long, or a quarter longer than the server asked to wait, is tried higher. */
const TRIAL_MS = 1600;
/** Fewer requests say nothing about a pace. */
const LEAST = 8;
/** A pace counts as tried when so much of it was used. */
const USED = 0.85;
/** While nothing is known from above, by how much it is raised. */
const FIRST_GROWTH = 1.5;
/** Where between a pace that lasted and one that was refused the next is: a refusal costs more than another trial. */
const NEXT = 0.25;
/** Bounds as close as this are not worth another refusal. */
const NARROW = 1.04;
/** What was refused is not tried again at once, whatever is estimated. */
const STEP_BACK = 0.985;
/** So many refusals in a row of a pace that was held lower it a little; then it is searched again. */
const SLIPS = 3;
const FIRST_HOLD_MS = 40_000;
const LONGEST_HOLD_MS = 300_000;
/** How fast a rate that is known is tried again once its hold is over, a second. */
const GROWTH = 0.008;
/** A rate that was raised by so much is another one. */
const RISEN = 1.1;
const SLOWEST = 1 / 60_000;
const CLOSED_MS = 1000;
const LONGEST_CLOSED_MS = 60_000;

/**
 * Learns a rate that a server tells only by refusing. Requests go at one pace at a time. A pace that was refused is above the limit, one that lasted is
 * below it (or above by less than the server's bucket could make up for in that time): the limit is searched between the two. Two refusals also tell the
 * limit of a bucket at once ({@link BucketEstimate}); where that contradicts a pace that lasted, the server counts in another way, in windows say, and
 * only the search is left. What was found is held for a time that quadruples when it is confirmed, and only after that raised slowly.
 *
 * Some servers refuse single items for reasons of their own: a lower rate does not change that, and then there is none to learn ({@link RefusalBlame}).
 *
 * Pure: it is told the time. Before the first refusal it bounds nothing.
 */
export class RateSearch {
  readonly #recent = new RecentRate();
  readonly #blame = new RefusalBlame();
  readonly #estimate = new BucketEstimate();
  #bucket: TokenBucket | undefined;
  #phase: 'trial' | 'hold' | 'raise' = 'trial';
  /** The pace, in requests a millisecond, as all that follows. */
  #rate = 0;
  /** What the server let through from one refusal to the next: its limit is not lower, as long as it does not change. */
  #low = 0;
  /** The highest pace that lasted, and for how long. */
  #safe = 0;
  #safeMs = 0;
  /** The last pace that was refused. */
  #high = Number.POSITIVE_INFINITY;
  /** The rate that was held before it was raised. */
  #held = 0;
  #holdMs = FIRST_HOLD_MS;
  #holdUntil = 0;
  #slips = 0;
  #trialMs = TRIAL_MS;
  /** The pace was lowered so that it would pass. */
  #isLowered = false;
  /** The pace began after a pause. */
  #isFresh = true;
  /** Since when the pace is what it is; undefined until it is used. */
  #paceSince: number | undefined;
  /** Requests that had begun then, and that have begun. */
  #paceCount = 0;
  #count = 0;
  /** Refusals in a row between which nothing passed. */
  #closed = 0;
  /** Of what began before, a refusal is no news. */
  #newsAt = Number.NEGATIVE_INFINITY;
  /** The last refusal that counted, and what has passed since. */
  #refusedAt = Number.NEGATIVE_INFINITY;
  #passed = 0;

  /** Requests a second; undefined as long as nothing is known. */
  get perSecond(): number | undefined {
    return this.#bucket === undefined ? undefined : this.#rate * 1000;
  }

  /** Refusals say nothing about a rate for now: they are the items' own. */
  isDeaf(nowMs: number): boolean {
    return this.#blame.isDeaf(nowMs);
  }

  /** How long to leave the server alone where it does not say it: longer each time that nothing has passed since the last refusal. */
  get closedMs(): number {
    return Math.min(LONGEST_CLOSED_MS, CLOSED_MS * 2 ** this.#closed);
  }

  /** It still refuses although it was left alone for as long as it asked for, or as seemed right. */
  get isClosed(): boolean {
    return this.#closed > 0;
  }

  readyAt(nowMs: number): number {
    if (this.#bucket === undefined) return nowMs;
    this.#goOn(nowMs);
    return this.#bucket.readyAt(nowMs);
  }

  began(nowMs: number): void {
    if (this.#paceSince === undefined) this.#beginPace(nowMs);
    this.#count++;
    if (this.#bucket === undefined) this.#recent.add(nowMs);
    else this.#bucket.take(nowMs);
  }

  /** What began was never sent. */
  giveBack(nowMs: number): void {
    this.#count--;
    this.#bucket?.correct(nowMs, 1);
  }

  /** The server let one through. */
  passed(): void {
    this.#passed++;
    this.#blame.passed();
  }

  /** The server refused one that began at `startedAtMs` and asked for a pause (0 when it named none). True when this was news. */
  refused(startedAtMs: number, nowMs: number, pauseMs: number): boolean {
    this.#blame.refused();
    if (startedAtMs < this.#newsAt) return false;
    if (this.isDeaf(nowMs) && !this.#blame.hearsAgain()) return false;
    this.#newsAt = nowMs;
    if (this.#bucket !== undefined && this.#passed === 0) {
      // That is no matter of pace.
      this.#closed++;
      this.#setPace(this.#rate, nowMs);
      this.#isLowered = true;
      this.#isFresh = true;
      return true;
    }
    this.#closed = 0;
    const isEarly = this.#bucket !== undefined && this.#isLowered && this.#rate <= this.#low;
    if (!this.#blame.blamesRate(isEarly, this.#passed, nowMs)) {
      this.#forget(nowMs);
      return false;
    }
    this.#trialMs = Math.max(TRIAL_MS, 1.25 * pauseMs);
    if (this.#bucket === undefined) this.#guess(nowMs, pauseMs);
    else if (this.#phase === 'raise') this.#confirm();
    else this.#lower(startedAtMs, nowMs);
    this.#holdUntil = nowMs + pauseMs + this.#holdMs;
    this.#setPace(Math.max(this.#rate, SLOWEST), nowMs);
    this.#isLowered = true;
    this.#isFresh = true;
    this.#passed = 0;
    this.#refusedAt = nowMs;
    return true;
  }

  /** The first refusal: all that is known is how fast it went. */
  #guess(nowMs: number, pauseMs: number): void {
    const recent = this.#recent.perMs(nowMs);
    const runMs = Math.max(1, nowMs - (this.#paceSince ?? nowMs)) + Math.max(1000, pauseMs);
    this.#low = Math.min(recent, this.#passed / runMs);
    this.#rate = recent;
    this.#phase = 'trial';
  }

  /** A rate that was raised is refused, as was to be expected. A bucket has given way for a while before; what counts otherwise refuses at once. */
  #confirm(): void {
    const pace = this.#rate;
    const next = this.#estimate.isBucket ? this.#held : this.#held + (pace - this.#held) / 3;
    this.#rate = Math.min(next, pace * STEP_BACK);
    this.#holdMs = Math.min(LONGEST_HOLD_MS, this.#holdMs * 4);
    this.#hold();
    this.#slips = 0;
  }

  #lower(startedAtMs: number, nowMs: number): void {
    const pace = this.#rate;
    // Between two refusals the bucket went from empty to empty: not more than its rate passed.
    const passed = this.#passed / Math.max(1, nowMs - this.#refusedAt);
    const isChanged = pace <= this.#low;
    this.#low = isChanged ? Math.min(passed, pace) : Math.min(pace, Math.max(this.#low, passed));
    this.#high = pace;
    if (this.#safe >= pace) this.#safe = 0;
    const run = this.#isFresh ? this.#run(startedAtMs, nowMs) : undefined;
    this.#slips = this.#phase === 'hold' ? this.#slips + 1 : 0;
    if (this.#slips > 0 && this.#slips <= SLIPS && !isChanged) this.#slip(pace, run);
    else this.#search(pace, run);
  }

  /** What was held is a little too fast. */
  #slip(pace: number, run: Run | undefined): void {
    const estimate = run === undefined || this.#slips > 1 ? undefined : this.#estimate.of(run, this.#known);
    this.#rate = Math.min(estimate ?? pace, pace * STEP_BACK ** this.#slips);
    if (run !== undefined) this.#estimate.keep(run);
    this.#hold();
  }

  #search(pace: number, run: Run | undefined): void {
    const estimate = run === undefined ? undefined : this.#estimate.of(run, this.#known);
    const isCertain = estimate !== undefined && this.#estimate.isCertain(estimate, run!, this.#known);
    const isNarrow = pace < this.#safe * NARROW;
    if (estimate !== undefined) this.#rate = Math.max(this.#low, estimate * 0.995);
    else if (isNarrow) this.#rate = this.#safe;
    else this.#rate = this.#safe > 0 ? this.#between(pace) : Math.sqrt(this.#low * pace);
    this.#rate = Math.min(this.#rate, pace * STEP_BACK);
    if (run !== undefined) this.#estimate.keep(run, estimate);
    this.#holdMs = FIRST_HOLD_MS;
    if (isCertain || isNarrow) this.#hold();
    else this.#phase = 'trial';
  }

  get #known(): KnownPaces {
    return { low: this.#low, safe: this.#safe, safeMs: this.#safeMs };
  }

  /** The requests at this pace up to the refused one: what began after it does not count. */
  #run(startedAtMs: number, nowMs: number): Run {
    const later = this.#rate * (nowMs - startedAtMs);
    return {
      count: Math.max(1, this.#count - this.#paceCount - later),
      ms: Math.max(1, startedAtMs - (this.#paceSince ?? startedAtMs)),
    };
  }

  #between(high: number): number {
    return this.#safe + (high - this.#safe) * NEXT;
  }

  #hold(): void {
    this.#phase = 'hold';
    this.#held = this.#rate;
  }

  /** Goes on to another pace, when the one that it is at has lasted. */
  #goOn(nowMs: number): void {
    if (this.#paceSince === undefined) return;
    const lastedMs = nowMs - this.#paceSince;
    if (lastedMs < (this.#phase === 'trial' ? this.#trialMs : 250)) return;
    const count = this.#count - this.#paceCount;
    if (count < lastedMs * this.#rate * USED) {
      // Something else bounds the flow: this pace has not been tried.
      this.#beginPace(nowMs);
      this.#isFresh = false;
    } else if (this.#phase !== 'trial') this.#raise(nowMs);
    else if (count >= LEAST) this.#passTrial(lastedMs, nowMs);
  }

  #passTrial(lastedMs: number, nowMs: number): void {
    this.#safe = this.#rate;
    this.#safeMs = lastedMs;
    if (this.#high < this.#safe * NARROW) {
      this.#holdMs = FIRST_HOLD_MS;
      this.#hold();
      this.#holdUntil = nowMs + this.#holdMs;
      return;
    }
    const isBounded = this.#high < Number.POSITIVE_INFINITY;
    this.#setPace(isBounded ? this.#between(this.#high) : this.#safe * FIRST_GROWTH, nowMs);
  }

  #raise(nowMs: number): void {
    if (nowMs < this.#holdUntil + 250) return;
    this.#phase = 'raise';
    this.#setPace(this.#rate * (1 + (GROWTH * (nowMs - this.#holdUntil)) / 1000), nowMs);
    this.#holdUntil = nowMs;
    if (this.#rate <= this.#held * RISEN) return;
    // The old bounds say nothing any more.
    this.#high = Number.POSITIVE_INFINITY;
    this.#low = 0;
    this.#safe = 0;
    this.#estimate.forget();
    this.#phase = 'trial';
  }

  #setPace(rate: number, nowMs: number): void {
    this.#rate = rate;
    const options = { limit: rate, perMs: 1, burst: Math.max(1, rate * 20) };
    if (this.#bucket === undefined) this.#bucket = new TokenBucket(options, nowMs);
    else this.#bucket.configure(options, nowMs);
    this.#paceSince = undefined;
    this.#isLowered = false;
    this.#isFresh = false;
  }

  #beginPace(nowMs: number): void {
    this.#paceSince = nowMs;
    this.#paceCount = this.#count;
  }

  /** There is no rate to learn. */
  #forget(nowMs: number): void {
    this.#bucket = undefined;
    this.#phase = 'trial';
    this.#rate = 0;
    this.#low = 0;
    this.#safe = 0;
    this.#high = Number.POSITIVE_INFINITY;
    this.#slips = 0;
    this.#estimate.forget();
    this.#paceSince = undefined;
    this.#refusedAt = nowMs;
    this.#passed = 0;
    this.#closed = 0;
  }
}
