import { Queue } from './queue.ts';
import type { QueueStorage } from './queue-storage.ts';

/**
 * A {@link Queue} that gives the newest item first.
 *
 * @example
 * const queue = new LifoQueue<string>();
 * await queue.put('old');
 * await queue.put('new');
 * console.log(await queue.get()); // new
 */
export class LifoQueue<T> extends Queue<T> {
  /** @param capacity how many items it holds, a whole number of 1 or more; default `Infinity`. */
  constructor(capacity: number = Number.POSITIVE_INFINITY) {
    super(capacity, new Stack<T>());
  }
}

class Stack<T> implements QueueStorage<T> {
  #items: T[] = [];

  get length(): number {
    return this.#items.length;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T {
    return this.#items.pop() as T;
  }

  clear(): void {
    this.#items = [];
  }
}
