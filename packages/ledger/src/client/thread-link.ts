import { Worker } from 'node:worker_threads';
import { LedgerError } from '../errors.ts';
import { reviveError } from '../wire/error-report.ts';
import type { RequestMessage, ThreadMessage } from '../wire/messages.ts';

/** What a thread can be asked: by name, what is sent and what comes back. */
export type Calls<C> = { readonly [K in keyof C]: { readonly request: unknown; readonly reply: unknown } };

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A thread of ours and the requests to it. When the thread reports a failure, or ends without having been asked to, every waiting and later
 * request rejects with one and the same LedgerError.
 */
export class ThreadLink<C extends Calls<C>> {
  readonly #worker: Worker;
  readonly #what: string;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ready = Promise.withResolvers<unknown>();
  readonly #exited = Promise.withResolvers<void>();
  readonly #listeners: ((error: LedgerError) => void)[] = [];
  readonly #stallListeners: ((stall: LedgerError | undefined) => void)[] = [];
  #lastId = 0;
  #closeId: number | undefined;
  #failure: LedgerError | undefined;
  /** The thread answered the `close` call: that it ends is no failure. */
  #isClosed = false;

  /** Starts the thread whose entry is `entry`; `what` names it in errors ("the writer of ledger x"). */
  constructor(entry: URL, setup: unknown, what: string) {
    this.#what = what;
    this.#worker = new Worker(entry, {
      workerData: setup,
      execArgv: entry.pathname.endsWith('.ts') ? sourceConditions() : [],
      // A batch's objects live for milliseconds; left alone, V8 lets such a thread's young generation grow to 100 MiB.
      resourceLimits: { maxYoungGenerationSizeMb: 24 },
    });
    this.#worker.on('message', (message: ThreadMessage) => this.#receive(message));
    this.#worker.on('error', (error) => this.#fail(this.#ended(error)));
    this.#worker.on('exit', () => {
      if (this.#isClosed) this.#refuse(this.#closed());
      else this.#fail(this.#ended(undefined));
      this.#exited.resolve();
    });
    // A caller that waits for something else learns of a failure there.
    this.#ready.promise.catch(() => undefined);
  }

  /** What the thread said when it was ready. Rejects when it could not start. */
  ready<T>(): Promise<T> {
    return this.#ready.promise as Promise<T>;
  }

  /** Why the thread takes no more requests; undefined while it does. */
  get failure(): LedgerError | undefined {
    return this.#failure;
  }

  /** Calls back once when the thread failed; at the end of this turn when it has failed already. */
  onFailure(callback: (error: LedgerError) => void): void {
    const { failure } = this;
    if (failure === undefined) this.#listeners.push(callback);
    else queueMicrotask(() => callback(failure));
  }

  /** Calls back when the thread waits for something outside to be mended, with what that is, and with undefined when it goes on. */
  onStall(callback: (stall: LedgerError | undefined) => void): void {
    this.#stallListeners.push(callback);
  }

  call<K extends keyof C & string>(
    call: K,
    request: C[K]['request'],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<C[K]['reply']> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const id = ++this.#lastId;
    this.#waiting.set(id, { resolve, reject });
    this.#worker.postMessage({ id, call, request } satisfies RequestMessage, transfer);
    return promise;
  }

  /** Makes the `close` call and waits for the thread to end. */
  async close(): Promise<void> {
    const answer = this.call('close' as keyof C & string, null);
    this.#closeId = this.#lastId;
    await answer;
    await this.#exited.promise;
  }

  /** Resolves when the thread has ended, however it did. */
  exited(): Promise<void> {
    return this.#exited.promise;
  }

  #receive(message: ThreadMessage): void {
    if (message.kind === 'ready') this.#ready.resolve(message.value);
    else if (message.kind === 'failed') this.#fail(reviveError(message.error));
    else if (message.kind === 'stalled') this.#tellStall(reviveError(message.error));
    else if (message.kind === 'resumed') this.#tellStall(undefined);
    else if (message.kind === 'reply') {
      // Noted here, not where the answer is awaited: the end of the thread may be told in the same turn.
      if (message.id === this.#closeId) this.#isClosed = true;
      this.#take(message.id)?.resolve(message.value);
    } else this.#take(message.id)?.reject(reviveError(message.error));
  }

  #tellStall(stall: LedgerError | undefined): void {
    for (const listener of this.#stallListeners) listener(stall);
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #fail(error: LedgerError): void {
    if (this.#failure !== undefined) return;
    this.#refuse(error);
    for (const listener of this.#listeners.splice(0)) listener(error);
  }

  /** Rejects what waits and whatever comes. */
  #refuse(error: LedgerError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#ready.reject(error);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #closed(): LedgerError {
    return new LedgerError(`${this.#what} was closed; open the ledger again`, { code: 'SLUICE_LEDGER_CLOSED' });
  }

  #ended(cause: unknown): LedgerError {
    return new LedgerError(`${this.#what} ended unexpectedly; what was committed is safe, run the same command again`, {
      code: 'SLUICE_LEDGER_THREAD',
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

/** For a thread that runs the sources: their own condition, and those of tests. */
function sourceConditions(): string[] {
  return ['--conditions=@sluice/source', ...process.execArgv.filter((option) => option.startsWith('--conditions='))];
}
