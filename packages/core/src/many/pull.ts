import { UsageError } from '../errors/usage-error.ts';
import { checkpointScope } from '../scope/current.ts';
import { refuse } from '../scope/refuse.ts';
import { Waiter } from '../scope/waiter.ts';

/** What the many-at-once functions read from. */
export type Source<T> = Iterable<T> | AsyncIterable<T>;

/** Gives the items of a source one after the other to several callers, and closes it once. */
export interface Pull<T> {
  /** The next item with its index; undefined at the end. Synchronous for a synchronous source. */
  next(): Pulled<T> | undefined | Promise<Pulled<T> | undefined>;
  /** Tells the source that no more is wanted, unless it has ended by itself. */
  close(): Promise<void>;
}

export interface Pulled<T> {
  readonly item: T;
  readonly index: number;
}

/** Reads `source` lazily; an async source is asked for one item at a time, as most can only answer one at a time. */
export function pull<T>(source: Source<T>): Pull<T> {
  if (source !== null && source !== undefined) {
    if (Symbol.asyncIterator in Object(source))
      return new AsyncPull((source as AsyncIterable<T>)[Symbol.asyncIterator]());
    if (Symbol.iterator in Object(source)) return new SyncPull((source as Iterable<T>)[Symbol.iterator]());
  }
  throw new UsageError(`the source must be an iterable or an async iterable, not ${String(source)}`);
}

class SyncPull<T> implements Pull<T> {
  readonly #iterator: Iterator<T>;
  #index = 0;
  #ended = false;

  constructor(iterator: Iterator<T>) {
    this.#iterator = iterator;
  }

  next(): Pulled<T> | undefined {
    if (this.#ended) return undefined;
    try {
      const result = this.#iterator.next();
      if (result.done !== true) return { item: result.value, index: this.#index++ };
    } catch (error) {
      this.#ended = true;
      throw error;
    }
    this.#ended = true;
    return undefined;
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#iterator.return?.();
  }
}

class PullWaiter<T> extends Waiter<T> {
  override get waitsOn(): string {
    return 'the next item of the source';
  }
}

class AsyncPull<T> implements Pull<T> {
  readonly #iterator: AsyncIterator<T>;
  #index = 0;
  #ended = false;
  /** The pull under way: the next caller waits its turn behind it. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(iterator: AsyncIterator<T>) {
    this.#iterator = iterator;
  }

  next(): Promise<Pulled<T> | undefined> {
    const scope = checkpointScope();
    if (scope.by !== null) return refuse(scope);
    const waiter = new PullWaiter<Pulled<T> | undefined>(scope);
    // Not `cancellable`: a source that sleeps in virtual time must not hold that time back.
    this.#tail = this.#tail.then(async () => {
      // A caller that was cancelled while it stood in line takes nothing.
      if (!waiter.pending) return;
      try {
        waiter.grant(await this.#pull());
      } catch (error) {
        waiter.fail(error);
      }
    });
    return waiter.promise;
  }

  async #pull(): Promise<Pulled<T> | undefined> {
    if (this.#ended) return undefined;
    try {
      const result = await this.#iterator.next();
      if (result.done !== true) return { item: result.value, index: this.#index++ };
    } catch (error) {
      this.#ended = true;
      throw error;
    }
    this.#ended = true;
    return undefined;
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#iterator.return?.();
  }
}
