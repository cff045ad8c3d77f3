import type { MakeStrategy } from '@sluice/engine/simulate';
import { OneLine } from './one-line.ts';

const INTERVAL_MS = 10_000;
const STEP = 0.05;
const USED = 0.9;
const MOST = 200;

/**
 * The rule of Crawlee's `AutoscaledPool` with its documented defaults: every 10 s the desired concurrency grows by 5 %, when at least 90 % of it were
 * used and the own machine is not overloaded, up to 200. In a simulation the own machine never is; what servers feel does not enter the rule.
 */
export const crawlee: MakeStrategy = ({ now }) => new Crawlee(now);

class Crawlee extends OneLine {
  #desired = 1;
  #scaledAt = 0;

  protected override readyAt(): number {
    const now = this.now();
    while (now >= this.#scaledAt + INTERVAL_MS) {
      this.#scaledAt += INTERVAL_MS;
      if (this.inFlight >= Math.floor(this.#desired * USED))
        this.#desired = Math.min(MOST, this.#desired + Math.ceil(this.#desired * STEP));
    }
    return this.inFlight < this.#desired ? now : this.#scaledAt + INTERVAL_MS;
  }
}
