import type { QueueWaiter } from './queue-waiter.ts';

/**
 * The one first-in, first-out queue under every primitive: an intrusive doubly linked list of waiters. Entering, leaving and
 * taking the first are O(1); a cancelled waiter leaves at once, so none is kept and none is granted.
 */
export class WaitQueue<W extends QueueWaiter<unknown>> {
  #first: W | null = null;
  #last: W | null = null;
  #length = 0;
  readonly #label: string | { readonly waitLabel: string };

  /** @param label what the task tree says of who waits here; an object is asked when somebody looks. */
  constructor(label: string | { readonly waitLabel: string }) {
    this.#label = label;
  }

  get label(): string {
    return typeof this.#label === 'string' ? this.#label : this.#label.waitLabel;
  }

  get length(): number {
    return this.#length;
  }

  get first(): W | null {
    return this.#first;
  }

  push(waiter: W): W {
    waiter.queue = this as unknown as WaitQueue<QueueWaiter<unknown>>;
    waiter.queuePrevious = this.#last;
    if (this.#last === null) this.#first = waiter;
    else this.#last.queueNext = waiter;
    this.#last = waiter;
    this.#length++;
    return waiter;
  }

  remove(waiter: W): void {
    const previous = waiter.queuePrevious as W | null;
    const next = waiter.queueNext as W | null;
    if (previous === null) this.#first = next;
    else previous.queueNext = next;
    if (next === null) this.#last = previous;
    else next.queuePrevious = previous;
    waiter.queue = null;
    waiter.queuePrevious = null;
    waiter.queueNext = null;
    this.#length--;
  }

  /** Takes the first waiter out; null when nobody waits. */
  shift(): W | null {
    const first = this.#first;
    if (first !== null) this.remove(first);
    return first;
  }
}
