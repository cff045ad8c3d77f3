/** Where a call stands that was sent to a worker. */
export type ClaimState = 'offered' | 'running' | 'finished';

/**
 * Who has a call: one integer a slot, in memory that the pool and its worker share. Sent calls wait in the worker, and either the worker begins one or the
 * pool takes it back, by compare-and-exchange, so never both. That makes a cancel in the worker's queue, the loss of a worker and stealing exact:
 * no call runs twice, and none that has not begun is lost.
 *
 * A slot holds the call's number while it is offered, the negated number while it runs, 0 when it is finished or taken back.
 */
export class Claims {
  readonly #slots: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.#slots = new Int32Array(memory);
  }

  static allocate(slots: number): SharedArrayBuffer {
    return new SharedArrayBuffer(slots * Int32Array.BYTES_PER_ELEMENT);
  }

  /** The pool: the worker may begin this call. */
  offer(slot: number, number: number): void {
    Atomics.store(this.#slots, slot, number);
  }

  /** The pool: take the call back; false when the worker has begun it. */
  revoke(slot: number, number: number): boolean {
    return Atomics.compareExchange(this.#slots, slot, number, 0) === number;
  }

  /** The worker: begin the call; false when it was taken back. */
  claim(slot: number, number: number): boolean {
    return Atomics.compareExchange(this.#slots, slot, number, -number) === number;
  }

  /** The worker: the call is over, its reply is on its way. */
  finish(slot: number): void {
    Atomics.store(this.#slots, slot, 0);
  }

  state(slot: number): ClaimState {
    const value = Atomics.load(this.#slots, slot);
    if (value === 0) return 'finished';
    return value > 0 ? 'offered' : 'running';
  }
}
