import { brand } from '../errors/brand.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import { UsageError } from '../errors/usage-error.ts';
import { checkpointScope } from '../scope/current.ts';
import { refuse } from '../scope/refuse.ts';
import { QueueWaiter } from './queue-waiter.ts';
import { WaitQueue } from './wait-queue.ts';

/** A barrier was aborted, or reset while it was waited for: the others will not come. Code `SLUICE_BROKEN_BARRIER`. */
export class BrokenBarrierError extends SluiceError {
  constructor(what: 'aborted' | 'reset') {
    super(`the barrier was ${what}: not everyone will come`, { code: 'SLUICE_BROKEN_BARRIER' });
  }
}
brand(BrokenBarrierError, 'BrokenBarrierError');

/** What `statistics()` of a barrier tells. */
export interface BarrierStatistics {
  readonly parties: number;
  readonly waiting: number;
  readonly isBroken: boolean;
}

/**
 * Holds tasks until as many as `parties` are there, then lets them all go on together; again and again (after asyncio's Barrier).
 * One that is cancelled while it waits leaves its place free.
 *
 * @example
 * const barrier = new Barrier(3);
 * for (let i = 0; i < 3; i++) group.spawn(async () => { await prepare(i); await barrier.wait(); await begin(i); });
 */
export class Barrier {
  readonly parties: number;
  #isBroken = false;
  readonly #queue = new WaitQueue<QueueWaiter<number>>('Barrier.wait');

  /** @throws UsageError when `parties` is no whole number of 1 or more. */
  constructor(parties: number) {
    if (!(Number.isInteger(parties) && parties >= 1)) {
      throw new UsageError(`the parties of a Barrier must be a whole number of 1 or more, not ${String(parties)}`);
    }
    this.parties = parties;
  }

  /** Whether {@link abort} was called and {@link reset} was not. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /**
   * Waits until all parties are there. Gives each of them another index from 0 (who waited longest) to `parties - 1` (who came last),
   * so that one of them can be chosen for a task.
   *
   * @throws BrokenBarrierError when it was aborted, or is while it waits · CancelledError: then it was not counted.
   */
  wait(): Promise<number> {
    const scope = checkpointScope();
    if (scope.by !== null) return refuse(scope);
    if (this.#isBroken) return Promise.reject(new BrokenBarrierError('aborted'));
    if (this.#queue.length + 1 < this.parties) return this.#queue.push(new QueueWaiter<number>(scope)).promise;
    let index = 0;
    for (let waiter = this.#queue.first; waiter !== null; waiter = this.#queue.first) waiter.grant(index++);
    return Promise.resolve(index);
  }

  /** Breaks the barrier: who waits and who comes later gets a {@link BrokenBarrierError}. */
  abort(): void {
    this.#isBroken = true;
    this.#failAll('aborted');
  }

  /** Makes it as new; who waits gets a {@link BrokenBarrierError}. */
  reset(): void {
    this.#isBroken = false;
    this.#failAll('reset');
  }

  statistics(): BarrierStatistics {
    return { parties: this.parties, waiting: this.#queue.length, isBroken: this.#isBroken };
  }

  #failAll(what: 'aborted' | 'reset'): void {
    for (let waiter = this.#queue.first; waiter !== null; waiter = this.#queue.first)
      waiter.fail(new BrokenBarrierError(what));
  }
}
