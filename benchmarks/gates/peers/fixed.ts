import type { MakeStrategy } from '@sluice/engine/simulate';
import { OneLine } from './one-line.ts';

/** `Semaphore(limit)` around every request, as p-limit, p-queue and most scripts have it. */
export const fixed =
  (limit: number): MakeStrategy =>
  ({ now }) =>
    new Fixed(now, limit);

class Fixed extends OneLine {
  readonly #limit: number;

  constructor(now: () => number, limit: number) {
    super(now);
    this.#limit = limit;
  }

  protected override readyAt(): number {
    return this.inFlight < this.#limit ? this.now() : Number.POSITIVE_INFINITY;
  }
}
