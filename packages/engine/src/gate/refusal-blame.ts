/** After so many refusals in a row that came although the pace was as low as what is known to pass, it is not the rate that is refused; fewer tell when they are rare. */
const EARLY_IN_A_ROW = 6;
const EARLY_AND_RARE = 4;
/** Rare is one after so many that passed. */
const RARE = 50;
/** How long refusals are then taken for the items' own, unless they become this share of all. */
const DEAF_MS = 60_000;
const LONGEST_DEAF_MS = 600_000;
const DEAF_SHARE = 0.25;

/** Tells refusals for the rate from those that a server gives single items for reasons of their own, at whatever rate. */
export class RefusalBlame {
  #early = 0;
  #rare = 0;
  #deafMs = DEAF_MS;
  #deafUntil = 0;
  /** Refusals among the last answers, about. */
  #share = 0;

  /** Refusals say nothing about a rate for now. */
  isDeaf(nowMs: number): boolean {
    return nowMs < this.#deafUntil;
  }

  passed(): void {
    this.#share *= 0.95;
  }

  refused(): void {
    this.#share += (1 - this.#share) * 0.05;
  }

  /** So many are refused that it may be the rate after all: true when they are heard again. */
  hearsAgain(): boolean {
    if (this.#share < DEAF_SHARE) return false;
    this.#deafUntil = 0;
    return true;
  }

  /** Judges a refusal: at a pace that should have passed, or not, after `passed` requests since the one before. False when the rate is not to blame. */
  blamesRate(isEarly: boolean, passed: number, nowMs: number): boolean {
    this.#early = isEarly ? this.#early + 1 : 0;
    this.#rare = isEarly && passed >= RARE ? this.#rare + 1 : 0;
    const isEnough = this.#early >= EARLY_IN_A_ROW || this.#rare >= EARLY_AND_RARE;
    if (!isEnough || this.#share >= DEAF_SHARE) return true;
    this.#deafUntil = nowMs + this.#deafMs;
    this.#deafMs = Math.min(LONGEST_DEAF_MS, this.#deafMs * 2);
    this.#early = 0;
    this.#rare = 0;
    return false;
  }
}
