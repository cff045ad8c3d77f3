import type { Scope } from '../scope/scope.ts';
import { QueueWaiter } from '../sync/queue-waiter.ts';
import { WaitQueue } from '../sync/wait-queue.ts';

/** Who follows a task to its end: those that await it and those that are called. Made for the first one, as most tasks have none. */
export class Followers {
  readonly #joiners: WaitQueue<QueueWaiter<unknown>>;
  readonly watchers: Set<() => void> = new Set();

  constructor(task: { readonly waitLabel: string }) {
    this.#joiners = new WaitQueue(task);
  }

  /** Waits in `scope` until it is answered. */
  join(scope: Scope): Promise<unknown> {
    return this.#joiners.push(new QueueWaiter<unknown>(scope)).promise;
  }

  /** Answers each that waits, first in, first out. */
  answer(each: (joiner: QueueWaiter<unknown>) => void): void {
    for (let joiner = this.#joiners.shift(); joiner !== null; joiner = this.#joiners.shift()) each(joiner);
  }
}
