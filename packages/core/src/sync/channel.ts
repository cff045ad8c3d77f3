import { BrokenChannelError, EndOfChannelError } from '../errors/queue-errors.ts';
import { UsageError } from '../errors/usage-error.ts';
import { checkpointScope } from '../scope/current.ts';
import { refuse } from '../scope/refuse.ts';
import type { Scope } from '../scope/scope.ts';
import { Deque } from './deque.ts';
import { QueueWaiter } from './queue-waiter.ts';
import { WaitQueue } from './wait-queue.ts';

/** The sending end of a channel. */
export interface Sender<T> extends Disposable {
  /** Sends a value, waiting for room (or, at capacity 0, for a receiver). @throws BrokenChannelError · CancelledError: then it was not sent. */
  send(value: T): Promise<void>;
  /** Sends a value if that needs no wait. */
  trySend(value: T): boolean;
  /** Another sending end; the channel ends when the last one is closed. */
  clone(): Sender<T>;
  close(): void;
  statistics(): ChannelStatistics;
}

/** The receiving end of a channel. Leaving a `for await` over it closes this end. */
export interface Receiver<T> extends Disposable, AsyncIterable<T> {
  /** @throws EndOfChannelError when every sender is closed and nothing is left · CancelledError: then nothing was taken. */
  receive(): Promise<T>;
  /** A value that is ready right now, else undefined. */
  tryReceive(): T | undefined;
  /** Another receiving end; each value goes to one of them. */
  clone(): Receiver<T>;
  close(): void;
  statistics(): ChannelStatistics;
}

/** What `statistics()` of either end of a channel tells. */
export interface ChannelStatistics {
  readonly buffered: number;
  readonly capacity: number;
  readonly openSenders: number;
  readonly openReceivers: number;
  readonly waitingToSend: number;
  readonly waitingToReceive: number;
}

/**
 * A channel between tasks with ends that are closed apart (after Trio's memory channels). At capacity 0 a send completes only at a receive.
 *
 * @example
 * const [tx, rx] = channel<number>(10);
 * group.spawn(async () => { using end = tx; for (const n of numbers) await end.send(n); });
 * for await (const n of rx) console.log(n);
 */
export function channel<T>(capacity: number = 0): [Sender<T>, Receiver<T>] {
  if (!(capacity === Number.POSITIVE_INFINITY || (Number.isInteger(capacity) && capacity >= 0))) {
    throw new UsageError(`the capacity of a channel must be a whole number of 0 or more, not ${String(capacity)}`);
  }
  const core = new Core<T>(capacity);
  return [new SendingEnd(core), new ReceivingEnd(core)];
}

class SendWaiter<T> extends QueueWaiter<void> {
  readonly value: T;
  constructor(scope: Scope, value: T) {
    super(scope);
    this.value = value;
  }
}

class ReceiveWaiter<T> extends QueueWaiter<T> {
  readonly end: Receiver<T>;
  constructor(scope: Scope, end: Receiver<T>) {
    super(scope);
    this.end = end;
  }
}

class Core<T> {
  readonly capacity: number;
  readonly buffer = new Deque<T>();
  readonly senders = new WaitQueue<SendWaiter<T>>('Sender.send');
  readonly receivers = new WaitQueue<ReceiveWaiter<T>>('Receiver.receive');
  openSenders = 0;
  openReceivers = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  trySend(value: T): boolean {
    if (this.openReceivers === 0) throw new BrokenChannelError();
    const receiver = this.receivers.first;
    if (receiver !== null) return receiver.grant(value);
    if (this.buffer.length >= this.capacity || this.senders.length > 0) return false;
    this.buffer.push(value);
    return true;
  }

  /** A value that can be had without a wait, in a box: `undefined` may be a value. */
  take(): { value: T } | undefined {
    const sender = this.senders.first;
    if (this.buffer.length > 0) {
      const value = this.buffer.shift();
      if (sender !== null) {
        this.buffer.push(sender.value);
        sender.grant(undefined);
      }
      return { value };
    }
    if (sender === null) return undefined;
    sender.grant(undefined);
    return { value: sender.value };
  }

  statistics(): ChannelStatistics {
    return {
      buffered: this.buffer.length,
      capacity: this.capacity,
      openSenders: this.openSenders,
      openReceivers: this.openReceivers,
      waitingToSend: this.senders.length,
      waitingToReceive: this.receivers.length,
    };
  }
}

class SendingEnd<T> implements Sender<T> {
  readonly #core: Core<T>;
  #isOpen = true;

  constructor(core: Core<T>) {
    this.#core = core;
    core.openSenders++;
  }

  send(value: T): Promise<void> {
    const scope = checkpointScope();
    if (scope.by !== null) return refuse(scope);
    try {
      if (this.trySend(value)) return Promise.resolve();
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#core.senders.push(new SendWaiter(scope, value)).promise;
  }

  trySend(value: T): boolean {
    assertOpen(this.#isOpen, 'sending');
    return this.#core.trySend(value);
  }

  clone(): Sender<T> {
    assertOpen(this.#isOpen, 'sending');
    return new SendingEnd(this.#core);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (--this.#core.openSenders > 0) return;
    const { receivers } = this.#core;
    for (let receiver = receivers.first; receiver !== null; receiver = receivers.first)
      receiver.fail(new EndOfChannelError());
  }

  statistics(): ChannelStatistics {
    return this.#core.statistics();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

class ReceivingEnd<T> implements Receiver<T> {
  readonly #core: Core<T>;
  #isOpen = true;

  constructor(core: Core<T>) {
    this.#core = core;
    core.openReceivers++;
  }

  receive(): Promise<T> {
    const scope = checkpointScope();
    if (scope.by !== null) return refuse(scope);
    try {
      assertOpen(this.#isOpen, 'receiving');
    } catch (error) {
      return Promise.reject(error);
    }
    const taken = this.#core.take();
    if (taken !== undefined) return Promise.resolve(taken.value);
    if (this.#core.openSenders === 0) return Promise.reject(new EndOfChannelError());
    return this.#core.receivers.push(new ReceiveWaiter<T>(scope, this)).promise;
  }

  tryReceive(): T | undefined {
    assertOpen(this.#isOpen, 'receiving');
    return this.#core.take()?.value;
  }

  clone(): Receiver<T> {
    assertOpen(this.#isOpen, 'receiving');
    return new ReceivingEnd(this.#core);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const { receivers, senders, buffer } = this.#core;
    for (let waiter = receivers.first; waiter !== null; ) {
      const next = waiter.queueNext as ReceiveWaiter<T> | null;
      if (waiter.end === this) waiter.fail(closedEnd('receiving'));
      waiter = next;
    }
    if (--this.#core.openReceivers > 0) return;
    buffer.clear();
    for (let sender = senders.first; sender !== null; sender = senders.first) sender.fail(new BrokenChannelError());
  }

  statistics(): ChannelStatistics {
    return this.#core.statistics();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    try {
      for (;;) yield await this.receive();
    } catch (error) {
      if (!(error instanceof EndOfChannelError)) throw error;
    } finally {
      this.close();
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function assertOpen(isOpen: boolean, end: string): void {
  if (!isOpen) throw closedEnd(end);
}

function closedEnd(end: string): UsageError {
  return new UsageError(`this ${end} end of the channel was closed`);
}
