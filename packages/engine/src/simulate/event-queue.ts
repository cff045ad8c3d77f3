interface TimedCall {
  readonly atMs: number;
  /** What was planned first happens first among what happens at the same moment. */
  readonly order: number;
  readonly run: () => void;
}

/** Virtual time: calls that are planned for a moment, made in the order of their moments. Nothing waits, so an hour takes as long as its events. */
export class EventQueue {
  readonly #heap: TimedCall[] = [];
  #nowMs = 0;
  #planned = 0;

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Plans a call; a moment that has passed is now. */
  at(atMs: number, run: () => void): void {
    const call: TimedCall = { atMs: Math.max(atMs, this.#nowMs), order: this.#planned++, run };
    const heap = this.#heap;
    let index = heap.length;
    heap.push(call);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex]!;
      if (!isBefore(call, parent)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = call;
  }

  /** Makes the next call, if there is one until `untilMs`; otherwise it is `untilMs` then, and the answer is false. */
  step(untilMs: number): boolean {
    const first = this.#heap[0];
    if (first === undefined || first.atMs > untilMs) {
      if (untilMs < Number.POSITIVE_INFINITY) this.#nowMs = Math.max(this.#nowMs, untilMs);
      return false;
    }
    const last = this.#heap.pop()!;
    if (last !== first) this.#sink(last);
    this.#nowMs = first.atMs;
    first.run();
    return true;
  }

  #sink(call: TimedCall): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      let child = heap[childIndex];
      if (child === undefined) break;
      const right = heap[childIndex + 1];
      if (right !== undefined && isBefore(right, child)) {
        child = right;
        childIndex++;
      }
      if (!isBefore(child, call)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = call;
  }
}

function isBefore(one: TimedCall, other: TimedCall): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}
