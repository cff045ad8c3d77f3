import { UsageError } from '../errors/usage-error.ts';
import { Queue } from './queue.ts';
import type { QueueStorage } from './queue-storage.ts';

/** Below 0 when `a` goes before `b`, above 0 when after it, 0 when they are equal: as for `Array.prototype.sort`. */
export type Compare<T> = (a: T, b: T) => number;

/**
 * A {@link Queue} that gives the smallest item first, as `compare` orders them; of equal ones the oldest. Getting and putting cost O(log n).
 *
 * @example
 * const queue = new PriorityQueue<{ at: number }>((a, b) => a.at - b.at);
 * await queue.put({ at: 9 });
 * await queue.put({ at: 3 });
 * console.log((await queue.get()).at); // 3
 */
export class PriorityQueue<T> extends Queue<T> {
  /** @param capacity how many items it holds, a whole number of 1 or more; default `Infinity`. */
  constructor(compare: Compare<T>, capacity: number = Number.POSITIVE_INFINITY) {
    if (typeof compare !== 'function') {
      throw new UsageError('a PriorityQueue needs to know its order: new PriorityQueue((a, b) => a.rank - b.rank)');
    }
    super(capacity, new Heap<T>(compare));
  }
}

interface Entry<T> {
  readonly item: T;
  readonly order: number;
}

/** A binary heap; the order of arrival decides between equals (Williams, "Algorithm 232: Heapsort", CACM 1964). */
class Heap<T> implements QueueStorage<T> {
  readonly #compare: Compare<T>;
  #entries: Entry<T>[] = [];
  #arrivals = 0;

  constructor(compare: Compare<T>) {
    this.#compare = compare;
  }

  get length(): number {
    return this.#entries.length;
  }

  push(item: T): void {
    const entry = { item, order: this.#arrivals++ };
    const entries = this.#entries;
    // First the place, then the move: a comparison that throws leaves the heap as it was.
    let place = entries.length;
    while (place > 0 && this.#isBefore(entry, entries[(place - 1) >> 1]!)) place = (place - 1) >> 1;
    for (let index = entries.length; index > place; index = (index - 1) >> 1) {
      entries[index] = entries[(index - 1) >> 1]!;
    }
    entries[place] = entry;
  }

  shift(): T {
    const { item } = this.#entries[0]!;
    const last = this.#entries.pop()!;
    if (this.#entries.length > 0) this.#sink(last);
    return item;
  }

  clear(): void {
    this.#entries = [];
  }

  /** Puts `entry` at the top and lets it sink to its place. */
  #sink(entry: Entry<T>): void {
    const entries = this.#entries;
    let index = 0;
    for (let child = 1; child < entries.length; child = 2 * index + 1) {
      if (child + 1 < entries.length && this.#isBefore(entries[child + 1]!, entries[child]!)) child++;
      if (!this.#isBefore(entries[child]!, entry)) break;
      entries[index] = entries[child]!;
      index = child;
    }
    entries[index] = entry;
  }

  #isBefore(a: Entry<T>, b: Entry<T>): boolean {
    const order = this.#compare(a.item, b.item);
    return order < 0 || (order === 0 && a.order < b.order);
  }
}
