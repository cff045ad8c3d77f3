/** What a pool keeps: something that serves one exchange at a time. */
export interface Pooled {
  /** It can serve another exchange. */
  readonly isUsable: boolean;
}

/**
 * The connections of one origin: a last-in first-out free list, so that the warmest is used and the surplus goes idle and closes; and
 * a first-come queue of those who wait once there are as many as allowed. Every step is O(1), but for the removal of an idle connection.
 */
export class OriginPool<C extends Pooled, W> {
  readonly #max: number;
  readonly #free: C[] = [];
  readonly #all: Set<C> = new Set();
  readonly #waiting: Set<W> = new Set();

  constructor(max: number) {
    this.#max = max;
  }

  /** Every connection of the origin. */
  get all(): ReadonlySet<C> {
    return this.#all;
  }

  /** Those that are free, the coldest first. */
  get free(): readonly C[] {
    return this.#free;
  }

  get freeCount(): number {
    return this.#free.length;
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }

  /** Neither connections nor waiters are left. */
  get isEmpty(): boolean {
    return this.#all.size === 0 && this.#waiting.size === 0;
  }

  get hasRoom(): boolean {
    return this.#all.size < this.#max;
  }

  /** The connection that was given back last, if it can still be used. */
  takeFree(): C | undefined {
    for (let connection = this.#free.pop(); connection !== undefined; connection = this.#free.pop()) {
      if (connection.isUsable) return connection;
      this.#all.delete(connection);
    }
    return undefined;
  }

  /** Counts a new connection, which is in use. */
  add(connection: C): void {
    this.#all.add(connection);
  }

  giveBack(connection: C): void {
    this.#free.push(connection);
  }

  /** Forgets a connection that has closed. */
  remove(connection: C): void {
    if (!this.#all.delete(connection)) return;
    const index = this.#free.indexOf(connection);
    if (index >= 0) this.#free.splice(index, 1);
  }

  wait(waiter: W): void {
    this.#waiting.add(waiter);
  }

  /** False when it did not wait. */
  stopWaiting(waiter: W): boolean {
    return this.#waiting.delete(waiter);
  }

  /** The one that has waited longest, out of the queue. */
  nextWaiter(): W | undefined {
    for (const waiter of this.#waiting) {
      this.#waiting.delete(waiter);
      return waiter;
    }
    return undefined;
  }
}
