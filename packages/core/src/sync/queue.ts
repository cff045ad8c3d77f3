import { QueueShutDownError } from '../errors/queue-errors.ts';
import { UsageError } from '../errors/usage-error.ts';
import { checkpointScope } from '../scope/current.ts';
import { refuse } from '../scope/refuse.ts';
import type { Scope } from '../scope/scope.ts';
import { Deque } from './deque.ts';
import { Event } from './event.ts';
import type { QueueStorage } from './queue-storage.ts';
import { QueueWaiter } from './queue-waiter.ts';
import { WaitQueue } from './wait-queue.ts';

/** What `statistics()` of a queue tells. */
export interface QueueStatistics {
  readonly size: number;
  readonly capacity: number;
  readonly waitingToGet: number;
  readonly waitingToPut: number;
  /** Items that were put and not yet marked by `taskDone`. */
  readonly unfinished: number;
  readonly isShutDown: boolean;
}

class Putter<T> extends QueueWaiter<void> {
  readonly item: T;
  constructor(scope: Scope, item: T) {
    super(scope);
    this.item = item;
  }
}

/**
 * A queue between tasks, first in, first out. Full, it holds back who puts; empty, it holds back who gets. An item goes to exactly one
 * getter, also when getters are cancelled.
 *
 * @example
 * const queue = new Queue<string>(100);
 * group.spawn(async () => { for await (const url of queue) await visit(url); });
 * await queue.put('https://example.org/');
 * queue.shutdown(); // the loop ends when it has read what is left
 */
export class Queue<T> {
  readonly #capacity: number;
  readonly #items: QueueStorage<T>;
  readonly #getters = new WaitQueue<QueueWaiter<T>>('Queue.get');
  readonly #putters = new WaitQueue<Putter<T>>('Queue.put');
  readonly #allDone = new Event();
  #unfinished = 0;
  #isShutDown = false;

  /**
   * @param capacity how many items it holds, a whole number of 1 or more; default `Infinity`.
   * @param storage where the items lie, which decides their order; default first in, first out.
   */
  constructor(capacity: number = Number.POSITIVE_INFINITY, storage: QueueStorage<T> = new Deque()) {
    if (!(capacity === Number.POSITIVE_INFINITY || (Number.isInteger(capacity) && capacity >= 1))) {
      throw new UsageError(`the capacity of a Queue must be a whole number of 1 or more, not ${String(capacity)}`);
    }
    this.#capacity = capacity;
    this.#items = storage;
    this.#allDone.set();
  }

  get size(): number {
    return this.#items.length;
  }

  /** Puts an item, waiting for room. @throws QueueShutDownError · CancelledError: then the item was not put. */
  put(item: T): Promise<void> {
    const scope = checkpointScope();
    if (scope.by !== null) return refuse(scope);
    if (this.#isShutDown) return Promise.reject(new QueueShutDownError('put'));
    if (this.tryPut(item)) return Promise.resolve();
    return this.#putters.push(new Putter(scope, item)).promise;
  }

  /** Puts an item if there is room right now. @throws QueueShutDownError */
  tryPut(item: T): boolean {
    if (this.#isShutDown) throw new QueueShutDownError('put');
    if (this.#items.length >= this.#capacity || this.#putters.length > 0) return false;
    this.#accept(item);
    return true;
  }

  /** Gets the next item (the oldest), waiting for one. @throws QueueShutDownError when it is shut down and empty · CancelledError: then no item was taken. */
  get(): Promise<T> {
    const scope = checkpointScope();
    if (scope.by !== null) return refuse(scope);
    if (this.#items.length > 0) return Promise.resolve(this.#take());
    if (this.#isShutDown) return Promise.reject(new QueueShutDownError('get'));
    return this.#getters.push(new QueueWaiter<T>(scope)).promise;
  }

  /** The next item if there is one right now; else undefined. */
  tryGet(): T | undefined {
    return this.#items.length > 0 ? this.#take() : undefined;
  }

  /** Says that an item that was got has been dealt with; see {@link join}. @throws UsageError when called more often than items were put. */
  taskDone(): void {
    if (this.#unfinished === 0) throw new UsageError('taskDone() was called more often than items were put');
    if (--this.#unfinished === 0) this.#allDone.set();
  }

  /** Waits until every item that was put has been marked by {@link taskDone}. */
  join(): Promise<void> {
    return this.#allDone.wait();
  }

  /** Ends the queue: putting throws, getting empties it and then throws, loops end. With `immediate` what is left is dropped. */
  shutdown(options: { readonly immediate?: boolean } = {}): void {
    this.#isShutDown = true;
    for (let putter = this.#putters.first; putter !== null; putter = this.#putters.first)
      putter.fail(new QueueShutDownError('put'));
    for (let getter = this.#getters.first; getter !== null; getter = this.#getters.first)
      getter.fail(new QueueShutDownError('get'));
    if (options.immediate !== true) return;
    this.#unfinished -= this.#items.length;
    this.#items.clear();
    if (this.#unfinished === 0) this.#allDone.set();
  }

  /** The items as they come, until the queue is shut down and empty. Several loops share them. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      let item: T;
      try {
        item = await this.get();
      } catch (error) {
        if (error instanceof QueueShutDownError) return;
        throw error;
      }
      yield item;
    }
  }

  statistics(): QueueStatistics {
    return {
      size: this.#items.length,
      capacity: this.#capacity,
      waitingToGet: this.#getters.length,
      waitingToPut: this.#putters.length,
      unfinished: this.#unfinished,
      isShutDown: this.#isShutDown,
    };
  }

  #accept(item: T): void {
    const getter = this.#getters.first;
    if (getter === null) this.#items.push(item);
    else getter.grant(item);
    this.#unfinished++;
    this.#allDone.clear();
  }

  #take(): T {
    const item = this.#items.shift();
    const putter = this.#putters.first;
    if (putter !== null) {
      const { item: next } = putter;
      putter.grant(undefined);
      this.#accept(next);
    }
    return item;
  }
}
