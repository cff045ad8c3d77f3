import type { Call } from './call.ts';

/** Calls that no worker has: first in, first out. A linked list, so that a cancelled call leaves at once and one taken back from a worker goes to the front. */
export class CallQueue {
  #first: Call | undefined;
  #last: Call | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): Call | undefined {
    return this.#first;
  }

  push(call: Call): void {
    this.#insert(call, this.#last, undefined);
  }

  unshift(call: Call): void {
    this.#insert(call, undefined, this.#first);
  }

  remove(call: Call): void {
    const { previous, next } = call;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    call.previous = undefined;
    call.next = undefined;
    this.#size--;
  }

  #insert(call: Call, previous: Call | undefined, next: Call | undefined): void {
    call.previous = previous;
    call.next = next;
    if (previous === undefined) this.#first = call;
    else previous.next = call;
    if (next === undefined) this.#last = call;
    else next.previous = call;
    this.#size++;
  }
}
