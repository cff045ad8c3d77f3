import { UsageError } from '../errors/usage-error.ts';
import { checkpointScope, scopeHere } from '../scope/current.ts';
import { refuse } from '../scope/refuse.ts';
import { shield } from '../scope/shield.ts';
import type { Permit } from './limiter.ts';
import { Lock, type LockStatistics } from './lock.ts';
import { QueueWaiter } from './queue-waiter.ts';
import { WaitQueue } from './wait-queue.ts';

/** What `statistics()` of a condition tells. */
export interface ConditionStatistics {
  /** How many wait for a notification. */
  readonly waiting: number;
  readonly lock: LockStatistics;
}

/**
 * Lets tasks that share a lock wait until another one says that something changed. Several conditions may share one lock.
 *
 * @example
 * const changed = new Condition();
 * using permit = await changed.acquire();
 * await changed.waitFor(() => stock > 0); // the lock is free meanwhile, and held again after it
 * stock--;
 */
export class Condition {
  readonly lock: Lock;
  readonly #queue = new WaitQueue<QueueWaiter<void>>('Condition.wait');

  /** @param lock default: a lock of its own. */
  constructor(lock: Lock = new Lock()) {
    this.lock = lock;
  }

  /** Waits for the lock; see `Lock.acquire`. */
  acquire(): Promise<Permit> {
    return this.lock.acquire();
  }

  /** Runs `fn` while it holds the lock. */
  with<T>(fn: () => T | PromiseLike<T>): Promise<T> {
    return this.lock.with(fn);
  }

  /**
   * Gives the lock up, waits for a notification, and takes the lock again. It may end without need, so ask again what you wait for,
   * or use {@link waitFor}. However it ends, the lock is held again.
   *
   * @throws CancelledError when the current scope is cancelled: a notification that came for this waiter goes to another · UsageError without the lock.
   */
  async wait(): Promise<void> {
    const scope = checkpointScope();
    if (scope.by !== null) return refuse(scope);
    const resume = this.lock.suspend();
    const waiter = this.#queue.push(new QueueWaiter<void>(scope));
    let isNotified = false;
    try {
      await waiter.promise;
      isNotified = true;
    } finally {
      await shield(resume);
      // Cancelled on the way out: it will not act on what it was told, so another one must hear of it.
      if (isNotified && scope.by !== null) this.notify();
    }
    if (scope.by !== null) return refuse(scope);
  }

  /** Waits until `predicate` holds; it is asked with the lock held, first at once and then after each notification. */
  async waitFor(predicate: () => boolean): Promise<void> {
    while (!predicate()) await this.wait();
  }

  /** Wakes the `count` (default 1) that wait longest; they go on when they have the lock. @throws UsageError without the lock. */
  notify(count: number = 1): void {
    if (!this.lock.isMine) {
      throw new UsageError(`${scopeHere().label} does not hold the lock of the condition that it notifies`);
    }
    for (let left = count; left > 0 && this.#queue.first !== null; left--) this.#queue.first.grant(undefined);
  }

  /** Wakes all that wait now. @throws UsageError without the lock. */
  notifyAll(): void {
    this.notify(this.#queue.length);
  }

  statistics(): ConditionStatistics {
    return { waiting: this.#queue.length, lock: this.lock.statistics() };
  }
}
