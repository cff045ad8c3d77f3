import type { GateResult, MakeStrategy } from '@sluice/engine/simulate';
import { OneLine } from './one-line.ts';

/** The longest reply that the script's user allows: it is what each request is taken to use. */
const MAX_TOKENS = 2048;
const PAUSE_MS = 15_000;
const LOOP_MS = 1;

/**
 * The method of the OpenAI cookbook's script for parallel requests, as documented: a bucket of a minute's tokens that begins full, from which every
 * request takes the longest reply that it allows, and gets nothing back; after a refusal everything pauses for 15 s. One request a turn of its loop.
 */
export const cookbook: MakeStrategy = ({ now, scenario }) => {
  const { limit, perMs } = scenario.gate?.quota ?? { limit: Number.POSITIVE_INFINITY, perMs: 60_000 };
  return new Cookbook(now, limit, perMs);
};

class Cookbook extends OneLine {
  readonly #limit: number;
  readonly #perMs: number;
  #available: number;
  #filledAt = 0;
  #pausedUntil = 0;
  #nextAt = 0;

  constructor(now: () => number, limit: number, perMs: number) {
    super(now);
    this.#limit = limit;
    this.#available = limit;
    this.#perMs = limit / perMs;
  }

  protected override readyAt(): number {
    const now = this.now();
    if (this.#limit < Number.POSITIVE_INFINITY)
      this.#available = Math.min(this.#limit, this.#available + (now - this.#filledAt) * this.#perMs);
    this.#filledAt = now;
    const missing = MAX_TOKENS - this.#available;
    const filledAt = missing <= 1e-6 ? now : now + missing / this.#perMs;
    return Math.max(now, filledAt, this.#pausedUntil, this.#nextAt);
  }

  protected override began(): void {
    this.#available -= MAX_TOKENS;
    this.#nextAt = this.now() + LOOP_MS;
  }

  protected override ended(result: GateResult): void {
    if (result.class === 'throttled') this.#pausedUntil = this.now() + PAUSE_MS;
  }
}
