import { Waiter } from '../scope/waiter.ts';
import type { WaitQueue } from './wait-queue.ts';

/** A wait that stands in a primitive's queue, so that a grant finds it. Leaving is O(1). */
export class QueueWaiter<T> extends Waiter<T> {
  queue: WaitQueue<QueueWaiter<unknown>> | null = null;
  queuePrevious: QueueWaiter<unknown> | null = null;
  queueNext: QueueWaiter<unknown> | null = null;

  override get waitsOn(): string {
    return this.queue === null ? '' : this.queue.label;
  }

  protected override leave(): void {
    if (this.queue !== null) this.queue.remove(this);
  }
}
