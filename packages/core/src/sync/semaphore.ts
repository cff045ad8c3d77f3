import { UsageError } from '../errors/usage-error.ts';
import { checkpointScope } from '../scope/current.ts';
import { refuse } from '../scope/refuse.ts';
import type { Limiter, Permit } from './limiter.ts';
import { PermitOnce } from './permit-once.ts';
import { QueueWaiter } from './queue-waiter.ts';
import { WaitQueue } from './wait-queue.ts';

/** What `statistics()` of a semaphore tells. */
export interface SemaphoreStatistics {
  /** How many permits there are. */
  readonly limit: number;
  /** How many are held. */
  readonly held: number;
  /** How many wait for one. */
  readonly waiting: number;
}

/**
 * At most `limit` at once; the others queue, first in, first out, and a newcomer never passes them. A waiter that is cancelled leaves the queue;
 * one that is granted and cancelled in the same turn keeps its permit until `using` gives it back: none is ever lost or doubled.
 *
 * @example
 * const semaphore = new Semaphore(10);
 * await map(urls, async (url) => {
 *   using permit = await semaphore.acquire();
 *   return await session.get(url);
 * }, { concurrency: 100 });
 */
export class Semaphore implements Limiter {
  #limit: number;
  #held = 0;
  readonly #queue = new WaitQueue<QueueWaiter<Permit>>('Semaphore.acquire');
  readonly #giveBack = (): void => {
    this.#held--;
    this.#grant();
  };

  /** @throws UsageError when `limit` is no whole number of 0 or more (`Infinity` is allowed). */
  constructor(limit: number) {
    this.#limit = checkedLimit(limit);
  }

  /** How many permits there are. Set lower, holders keep theirs and newcomers wait; set higher, waiters go on at once. */
  get limit(): number {
    return this.#limit;
  }

  set limit(limit: number) {
    this.#limit = checkedLimit(limit);
    this.#grant();
  }

  /**
   * Waits for a permit.
   *
   * @throws CancelledError when the current scope is cancelled: then no permit was taken.
   */
  acquire(): Promise<Permit> {
    const scope = checkpointScope();
    if (scope.by !== null) return refuse(scope);
    const permit = this.tryAcquire();
    return permit === undefined ? this.#queue.push(new QueueWaiter<Permit>(scope)).promise : Promise.resolve(permit);
  }

  tryAcquire(): Permit | undefined {
    return this.#held < this.#limit && this.#queue.length === 0 ? this.#take() : undefined;
  }

  /** Runs `fn` with a permit and gives it back, however `fn` ends. */
  async with<T>(fn: () => T | PromiseLike<T>): Promise<T> {
    using _permit = await this.acquire();
    return await fn();
  }

  statistics(): SemaphoreStatistics {
    return { limit: this.#limit, held: this.#held, waiting: this.#queue.length };
  }

  #take(): Permit {
    this.#held++;
    return new PermitOnce(this.#giveBack);
  }

  #grant(): void {
    while (this.#queue.length > 0 && this.#held < this.#limit) this.#queue.first!.grant(this.#take());
  }
}

function checkedLimit(limit: number): number {
  if ((Number.isInteger(limit) && limit >= 0) || limit === Number.POSITIVE_INFINITY) return limit;
  throw new UsageError(`the limit of a Semaphore must be a whole number of 0 or more, not ${String(limit)}`);
}
