import { replaceValues, valuesHere } from '../context/values.ts';
import { UsageError } from '../errors/usage-error.ts';
import { cancelScope } from '../scope/cancel-scope.ts';
import { checkpointScope, scopeHere } from '../scope/current.ts';
import { refuse } from '../scope/refuse.ts';
import type { Scope } from '../scope/scope.ts';
import { shield } from '../scope/shield.ts';
import type { Permit } from '../sync/limiter.ts';
import { QueueWaiter } from '../sync/queue-waiter.ts';
import { Semaphore } from '../sync/semaphore.ts';
import { WaitQueue } from '../sync/wait-queue.ts';
import type { Group } from '../task/group.ts';
import { throwFailure } from './gather.ts';
import { checkConcurrency, closeSource, type MapFunction } from './map.ts';
import { type Pull, pull, type Source } from './pull.ts';
import { WholeGroup } from './whole-group.ts';

/** Options of {@link mapStream}. */
export interface MapStreamOptions {
  /** How many at once, 1 or more. Default 10. */
  readonly concurrency?: number;
  /** Results in the order of the input (default), or as they come. */
  readonly ordered?: boolean;
  /** Name in errors and in the task tree. Default `mapStream`. */
  readonly name?: string;
}

/**
 * Like `map`, but gives the results one by one while the work goes on, with back-pressure: at most twice `concurrency` items are under way or
 * ready and not yet read. Leaving the loop cancels what is under way and waits for it; the stream also ends with the scope that reads it.
 *
 * @throws from the loop: the first failure, after the results before it; CancelledError.
 * @example
 * for await (const page of mapStream(urls, (url) => session.get(url), { concurrency: 20, ordered: false })) await store(page);
 */
export function mapStream<T, R>(
  source: Source<T>,
  fn: MapFunction<T, R>,
  options: MapStreamOptions = {},
): AsyncIterableIterator<R> & AsyncDisposable {
  const concurrency = options.concurrency ?? 10;
  checkConcurrency(concurrency);
  return new MapStream(pull(source), fn, concurrency, options.ordered ?? true, options.name ?? 'mapStream');
}

class MapStream<T, R> implements AsyncIterableIterator<R>, AsyncDisposable {
  readonly #items: Pull<T>;
  readonly #fn: MapFunction<T, R>;
  readonly #concurrency: number;
  readonly #ordered: boolean;
  readonly #name: string;
  /** Room for results that are under way or not yet read. */
  readonly #window: Semaphore;
  readonly #ready = new Map<number, { readonly value: R; readonly room: Permit }>();
  readonly #readers = new WaitQueue<QueueWaiter<IteratorResult<R>>>('the next result of mapStream');
  #nextIndex = 0;
  #isExhausted = false;
  #group: Group | undefined;
  #running: Promise<void> | undefined;
  #wasLeft = false;
  #endedWithScope = false;
  /** Thrown to one reader once the work has ended and all before it was read. */
  #failure: { error: unknown } | undefined;
  #hasEnded = false;

  constructor(items: Pull<T>, fn: MapFunction<T, R>, concurrency: number, ordered: boolean, name: string) {
    this.#items = items;
    this.#fn = fn;
    this.#concurrency = concurrency;
    this.#ordered = ordered;
    this.#name = name;
    this.#window = new Semaphore(concurrency * 2);
  }

  next(): Promise<IteratorResult<R>> {
    const scope = checkpointScope();
    if (scope.by !== null) return refuse(scope);
    // In a scope around the group, which stays open until the source is closed too.
    this.#running ??= cancelScope(() => this.#run(scope));
    if (this.#readers.length === 0) {
      if (this.#canRead()) return Promise.resolve({ done: false, value: this.#read() });
      if (this.#hasEnded) return this.#atEnd();
    }
    return this.#readers.push(new QueueWaiter<IteratorResult<R>>(scope)).promise;
  }

  async return(): Promise<IteratorResult<R>> {
    this.#wasLeft = true;
    this.#hasEnded ||= this.#running === undefined;
    this.#group?.cancel('the stream was left');
    this.#ready.clear();
    await shield(async () => {
      await this.#running;
      await this.#items.close();
    });
    if (this.#endedWithScope) this.#failure = undefined;
    return this.#atEnd();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #run(reader: Scope): Promise<void> {
    const group = new WholeGroup(scopeHere(), this.#name);
    this.#group = group;
    const seldom = reader.seldom();
    seldom.openStreams ??= new Set();
    seldom.openStreams.add(group);
    const ending = await group.enter<void>(() => this.#spawnWorker(1));
    seldom.openStreams.delete(group);
    if (group.by !== null) await closeSource(group, this.#items);
    this.#endedWithScope = group.by === group && group.failures.length === 0 && !this.#wasLeft;
    try {
      if (this.#endedWithScope) {
        throw new UsageError(`${this.#name} was not read to its end: the scope in which reading began has ended`);
      }
      throwFailure(group);
      if (ending.kind === 'error') throw ending.error;
    } catch (error) {
      this.#failure = { error };
    }
    this.#hasEnded = true;
    this.#serve();
  }

  #spawnWorker(number: number): void {
    this.#group!.spawn(() => this.#work(number), `${this.#name} worker ${number}`);
  }

  async #work(number: number): Promise<void> {
    let hasSpawned = number >= this.#concurrency;
    const values = valuesHere();
    for (;;) {
      if (values !== valuesHere()) replaceValues(values);
      const room = await this.#window.acquire();
      const pulled = this.#isExhausted ? undefined : await this.#items.next();
      if (pulled === undefined) {
        this.#isExhausted = true;
        room.release();
        return;
      }
      if (!hasSpawned && this.#group!.by === null) {
        hasSpawned = true;
        this.#spawnWorker(number + 1);
      }
      this.#ready.set(pulled.index, { value: await this.#fn(pulled.item, pulled.index), room });
      this.#serve();
    }
  }

  #canRead(): boolean {
    return this.#ordered ? this.#ready.has(this.#nextIndex) : this.#ready.size > 0;
  }

  #read(): R {
    const index = this.#ordered ? this.#nextIndex++ : this.#ready.keys().next().value!;
    const { value, room } = this.#ready.get(index)!;
    this.#ready.delete(index);
    room.release();
    return value;
  }

  #serve(): void {
    for (let reader = this.#readers.first; reader !== null; reader = this.#readers.first) {
      if (this.#canRead()) reader.grant({ done: false, value: this.#read() });
      else if (this.#hasEnded) this.#endReader(reader);
      else return;
    }
  }

  #endReader(reader: QueueWaiter<IteratorResult<R>>): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure === undefined) reader.grant({ done: true, value: undefined });
    else reader.fail(failure.error);
  }

  #atEnd(): Promise<IteratorResult<R>> {
    const failure = this.#failure;
    this.#failure = undefined;
    return failure === undefined ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(failure.error);
  }
}
