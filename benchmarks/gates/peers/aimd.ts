import type { GateResult, MakeStrategy } from '@sluice/engine/simulate';
import { OneLine } from './one-line.ts';

/**
 * Additive increase, multiplicative decrease (Chiu and Jain, 1989), as TCP Reno has it: one more with every round of answers, half with every refusal
 * or failure, once for all that were under way together.
 */
export const aimd: MakeStrategy = ({ now }) => new Aimd(now);

class Aimd extends OneLine {
  #limit = 1;
  #cutAt = Number.NEGATIVE_INFINITY;

  protected override readyAt(): number {
    return this.inFlight < Math.floor(this.#limit) ? this.now() : Number.POSITIVE_INFINITY;
  }

  protected override ended(result: GateResult, startedAt: number): void {
    if (result.class === 'ok') {
      // Only what is used may grow.
      if (this.inFlight + 1 >= Math.floor(this.#limit)) this.#limit += 1 / this.#limit;
    } else if (startedAt > this.#cutAt) {
      this.#limit = Math.max(1, this.#limit / 2);
      this.#cutAt = this.now();
    }
  }
}
