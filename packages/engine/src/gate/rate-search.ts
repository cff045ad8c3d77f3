import { TokenBucket } from './token-bucket.ts';

const FIRST_HOLD_MS = 6000;
const LONGEST_HOLD_MS = 300_000;
/** After so many refusals in a row that came although the rate had been lowered and was held, it is not the rate that is refused; fewer tell when they are rare. */
const EARLY_IN_A_ROW = 6;
const EARLY_AND_RARE = 3;
/** Rare is one after so many that passed. */
const RARE = 50;
/** How long refusals are then taken for the items' own, unless they become this share of all. */
const DEAF_MS = 60_000;
const LONGEST_DEAF_MS = 600_000;
const DEAF_SHARE = 0.25;
/** How fast the first guess is raised, a second: only the second refusal tells the rate. */
const FIRST_GROWTH = 0.1;
/** How fast a rate that is known is tried again once its hold is over, a second. */
const GROWTH = 0.008;

/**
 * Learns a rate that a server tells only by refusing. Between two refusals the server's bucket went from empty to empty, so what it let through lies
 * between its rate times the whole time and its rate times the time without our pause: both bounds close in on the limit, the longer the runs are. The
 * rate is then held for a time that doubles with every refusal that confirms it, and only after that raised slowly, by less than half a percent a
 * second.
 *
 * Some servers refuse single items for reasons of their own, at whatever rate: a lower rate does not change that, and then there is none to learn.
 *
 * Pure: it is told the time. Before the first refusal it bounds nothing.
 */
export class RateSearch {
  #bucket: TokenBucket | undefined;
  #rate = 0;
  #low = 0;
  #high = Number.POSITIVE_INFINITY;
  #passed = 0;
  /** The last refusal that counted: the server's bucket was empty then. */
  #refusedAt = Number.NEGATIVE_INFINITY;
  /** Since when it has been running again. */
  #runningSince: number | undefined;
  #holdMs = FIRST_HOLD_MS;
  #holdUntil = 0;
  #raisedAt = 0;
  #isGuess = false;
  #early = 0;
  #rare = 0;
  #deafMs = DEAF_MS;
  #deafUntil = 0;
  /** Refusals among the last answers, about. */
  #share = 0;

  /** Requests a second; undefined as long as nothing is known. */
  get perSecond(): number | undefined {
    return this.#bucket === undefined ? undefined : this.#rate * 1000;
  }

  /** Refusals say nothing about a rate for now: they are the items' own. */
  isDeaf(nowMs: number): boolean {
    return nowMs < this.#deafUntil;
  }

  readyAt(nowMs: number): number {
    if (this.#bucket === undefined) return nowMs;
    this.#drift(nowMs);
    return this.#bucket.readyAt(nowMs);
  }

  began(nowMs: number): void {
    this.#runningSince ??= nowMs;
    this.#bucket?.take(nowMs);
  }

  /** What began was never sent. */
  giveBack(nowMs: number): void {
    this.#bucket?.correct(nowMs, 1);
  }

  /** The server let one through. */
  passed(): void {
    this.#passed++;
    this.#share *= 0.95;
  }

  /** The server refused one that began at `startedAtMs` and asked for a pause (0 when it named none). True when this was news. */
  refused(startedAtMs: number, nowMs: number, pauseMs: number): boolean {
    this.#share += (1 - this.#share) * 0.05;
    if (startedAtMs < this.#refusedAt) return false;
    if (this.isDeaf(nowMs)) {
      if (this.#share < DEAF_SHARE) return false;
      this.#deafUntil = 0;
    }
    const isEarly = this.#bucket !== undefined && nowMs < this.#holdUntil;
    this.#early = isEarly ? this.#early + 1 : 0;
    this.#rare = isEarly && this.#passed >= RARE ? this.#rare + 1 : 0;
    if ((this.#early >= EARLY_IN_A_ROW || this.#rare >= EARLY_AND_RARE) && this.#share < DEAF_SHARE) {
      this.#turnDeaf(nowMs);
      return false;
    }
    const runMs = Math.max(1, nowMs - (this.#runningSince ?? startedAtMs));
    const isFirst = this.#bucket === undefined;
    const high = this.#passed / runMs;
    const low = isFirst
      ? this.#passed / (runMs + Math.max(1000, pauseMs))
      : this.#passed / Math.max(1, nowMs - this.#refusedAt);
    this.#narrow(isFirst ? 0 : low, high);
    const before = this.#rate;
    if (isFirst) this.#rate = Math.max(low, high / 4);
    else
      this.#rate =
        this.#high > this.#low * 1.08 ? Math.sqrt(this.#low * this.#high) : this.#low + (this.#high - this.#low) * 0.2;
    // What was refused at this rate is not tried again at once, whatever the bounds say.
    if (!isFirst) this.#rate = Math.min(this.#rate, before * 0.985);
    this.#rate = Math.max(this.#rate, 1 / 60_000);
    const isConfirmed = !isFirst && Math.abs(this.#rate / before - 1) < 0.06;
    this.#holdMs = isConfirmed ? Math.min(LONGEST_HOLD_MS, this.#holdMs * 2) : FIRST_HOLD_MS;
    this.#isGuess = isFirst;
    this.#holdUntil = nowMs + pauseMs + (isFirst ? 0 : this.#holdMs);
    this.#raisedAt = this.#holdUntil;
    const options = { limit: this.#rate, perMs: 1, burst: Math.max(1, this.#rate * 20) };
    if (this.#bucket === undefined) this.#bucket = new TokenBucket(options, nowMs);
    else this.#bucket.configure(options, nowMs);
    this.#passed = 0;
    this.#refusedAt = nowMs;
    this.#runningSince = undefined;
    return true;
  }

  #turnDeaf(nowMs: number): void {
    this.#deafUntil = nowMs + this.#deafMs;
    this.#deafMs = Math.min(LONGEST_DEAF_MS, this.#deafMs * 2);
    this.#early = 0;
    this.#rare = 0;
    this.#bucket = undefined;
    this.#rate = 0;
    this.#low = 0;
    this.#high = Number.POSITIVE_INFINITY;
    this.#passed = 0;
    this.#refusedAt = nowMs;
    this.#runningSince = undefined;
  }

  /** Takes the new bounds into the old ones; where they contradict each other the limit has changed, and the new ones stand. */
  #narrow(low: number, high: number): void {
    const nextLow = Math.max(this.#low, low);
    const nextHigh = Math.min(this.#high, high);
    const agrees = nextLow <= nextHigh;
    this.#low = agrees ? nextLow : low;
    this.#high = agrees ? nextHigh : Math.max(low, high);
  }

  #drift(nowMs: number): void {
    if (nowMs < this.#raisedAt + 250) return;
    const growth = this.#isGuess ? FIRST_GROWTH : GROWTH;
    this.#rate *= 1 + (growth * (nowMs - this.#raisedAt)) / 1000;
    this.#raisedAt = nowMs;
    // Above what was known the old bounds say nothing any more.
    if (this.#rate > this.#high) this.#high = Number.POSITIVE_INFINITY;
    this.#bucket!.configure({ limit: this.#rate, perMs: 1, burst: Math.max(1, this.#rate * 20) }, nowMs);
  }
}
