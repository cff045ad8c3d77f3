import { type Transferable, Worker } from 'node:worker_threads';
import { Claims } from '../pool/claims.ts';
import type { CallMessage, ReplyMessage } from '../protocol.ts';
import type { Remote, RemoteListener, RemoteOptions } from './remote.ts';
import { outsideCaller, workerEntry } from './worker-entry.ts';

/** Enough to make a batch worth while; what waits behind a slow call is taken back when another worker is free. */
const CAPACITY = 16;

/** Starts a worker thread. */
export function startThread(listener: RemoteListener, options: RemoteOptions): Remote {
  const memory = Claims.allocate(CAPACITY);
  const entry = workerEntry('thread');
  const worker = outsideCaller(
    () =>
      new Worker(entry.url, {
        name: options.name,
        workerData: memory,
        execArgv: [...entry.execArgv, ...options.execArgv],
        ...(options.resourceLimits === undefined ? {} : { resourceLimits: options.resourceLimits }),
      }),
  );
  return new ThreadRemote(worker, new Claims(memory), listener);
}

class ThreadRemote implements Remote {
  readonly capacity: number = CAPACITY;
  readonly claims: Claims;
  readonly #worker: Worker;

  constructor(worker: Worker, claims: Claims, listener: RemoteListener) {
    this.#worker = worker;
    this.claims = claims;
    let error: unknown;
    worker.on('message', (message: ReplyMessage) => listener.replied(message));
    worker.on('error', (thrown) => {
      error = thrown;
    });
    // A reply that cannot be read is lost: nobody knows whose it was, so the worker cannot be trusted any more.
    worker.on('messageerror', (unreadable) => {
      error = unreadable;
      this.end();
    });
    worker.on('exit', (exitCode) => listener.gone({ error, exitCode, signal: null }));
  }

  post(message: CallMessage, transferables: readonly Transferable[]): void {
    this.#worker.postMessage(message, transferables);
  }

  end(): void {
    void this.#worker.terminate();
  }

  keepAlive(on: boolean): void {
    if (on) this.#worker.ref();
    else this.#worker.unref();
  }
}
