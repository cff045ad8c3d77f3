import { checkpointScope } from '../scope/current.ts';
import { refuse } from '../scope/refuse.ts';
import { QueueWaiter } from './queue-waiter.ts';
import { WaitQueue } from './wait-queue.ts';

/**
 * A flag that tasks wait for. `set()` wakes all that wait at that moment, even if `clear()` follows at once.
 *
 * @example
 * const ready = new Event();
 * group.spawn(async () => { await ready.wait(); serve(); });
 * ready.set();
 */
export class Event {
  #isSet = false;
  readonly #queue = new WaitQueue<QueueWaiter<void>>('Event.wait');

  get isSet(): boolean {
    return this.#isSet;
  }

  set(): void {
    this.#isSet = true;
    for (let waiter = this.#queue.first; waiter !== null; waiter = this.#queue.first) waiter.grant(undefined);
  }

  clear(): void {
    this.#isSet = false;
  }

  /**
   * Waits until the flag is set; returns at once when it is.
   *
   * @throws CancelledError when the current scope is cancelled.
   */
  wait(): Promise<void> {
    const scope = checkpointScope();
    if (scope.by !== null) return refuse(scope);
    if (this.#isSet) return Promise.resolve();
    return this.#queue.push(new QueueWaiter<void>(scope)).promise;
  }

  statistics(): { readonly isSet: boolean; readonly waiting: number } {
    return { isSet: this.#isSet, waiting: this.#queue.length };
  }
}
