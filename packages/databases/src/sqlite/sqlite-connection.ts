import { Worker } from 'node:worker_threads';
import type { FileTarget } from '../connect/database-url.ts';
import type { Connection, Cursor, StatementResult } from '../connection/connection.ts';
import { DatabaseError } from '../errors/database-error.ts';
import { connectionLost } from '../errors/lost-connection.ts';
import type { Opening } from '../pool/pool.ts';
import type { CallName, Calls, Reply } from './messages.ts';
import { toSqliteError } from './sqlite-error.ts';
import { toSqliteValue } from './sqlite-value.ts';

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

/**
 * A SQLite file, open in a thread of its own, because SQLite computes where it is called.
 *
 * A statement that shall end is ended between two of its rows. `node:sqlite` offers no way into a single long step (a count over a cross
 * join, say): then the thread is given up. Its step goes on until it ends by itself, what it changed is rolled back, and it holds its
 * lock until then.
 */
export class SqliteConnection implements Connection {
  readonly dialect = 'sqlite';
  readonly label: string;
  readonly #worker: Worker;
  readonly #stop: Int32Array;
  #isAlive = true;
  #hasOpenTransaction = false;
  #pending: { resolve: (value: never) => void; reject: (error: Error) => void } | undefined;

  private constructor(target: FileTarget, busyTimeoutMs: number) {
    this.label = sqliteLabel(target);
    const stop = new SharedArrayBuffer(4);
    this.#stop = new Int32Array(stop);
    this.#worker = new Worker(new URL(`./sqlite-thread.${extension}`, import.meta.url), {
      workerData: { path: target.path, isReadOnly: target.isReadOnly, busyTimeoutMs, stop },
      execArgv: extension === 'ts' ? ['--conditions=@sluice/source'] : [],
    });
    this.#worker.on('message', (reply: Reply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('exit', () => this.#end(undefined));
  }

  /** Begins to open a file. */
  static open(target: FileTarget, busyTimeoutMs: number): Opening {
    const connection = new SqliteConnection(target, busyTimeoutMs);
    const ready = connection.#reply<null>().then(
      () => connection,
      (error: unknown) => {
        connection.destroy();
        if (!(error instanceof DatabaseError) || error.code !== 'SLUICE_DB_UNREACHABLE') throw error;
        throw new DatabaseError(
          `cannot open ${connection.label}: ${error.message}. Check the path and its permissions`,
          {
            code: 'SLUICE_DB_UNREACHABLE',
            cause: error,
            nativeCode: error.nativeCode,
          },
        );
      },
    );
    return { ready, abort: () => connection.destroy() };
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get hasOpenTransaction(): boolean {
    return this.#hasOpenTransaction;
  }

  async run(sql: string, parameters: readonly unknown[]): Promise<StatementResult> {
    return await this.call('run', { sql, parameters: parameters.map(toSqliteValue) });
  }

  openCursor(sql: string, parameters: readonly unknown[], pageRows: number): Cursor {
    let isOpen = false;
    return {
      read: async () => {
        if (!isOpen) {
          await this.call('openCursor', { sql, parameters: parameters.map(toSqliteValue) });
          isOpen = true;
        }
        return await this.call('readCursor', { pageRows });
      },
      close: async () => {
        if (isOpen && this.#isAlive) await this.call('closeCursor', null);
      },
    };
  }

  /** Asks the thread. One call at a time. */
  call<Name extends CallName>(name: Name, body: Calls[Name]['request']): Promise<Calls[Name]['answer']> {
    if (!this.#isAlive) return Promise.reject(connectionLost(this.label));
    Atomics.store(this.#stop, 0, 0);
    const reply = this.#reply<Calls[Name]['answer']>();
    this.#worker.postMessage({ name, body });
    return reply;
  }

  interrupt(): Promise<void> {
    Atomics.store(this.#stop, 0, 1);
    return Promise.resolve();
  }

  async verify(): Promise<void> {
    await this.run('select 1', []);
    if (!this.#hasOpenTransaction) return;
    throw new DatabaseError(`a transaction was left open on ${this.label}`, { code: 'SLUICE_DB_TRANSACTION_ABORTED' });
  }

  async close(): Promise<void> {
    const exited = new Promise<void>((resolve) => {
      this.#worker.once('exit', () => resolve());
    });
    await this.call('close', null).catch(() => this.destroy());
    this.#isAlive = false;
    await exited;
  }

  destroy(): void {
    Atomics.store(this.#stop, 0, 1);
    // Not awaited: a step that runs cannot be ended, and holds the thread until it is done.
    void this.#worker.terminate();
    this.#end(undefined);
  }

  #reply<T>(): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#pending = { resolve: resolve as (value: never) => void, reject };
    });
  }

  #settle(reply: Reply): void {
    const pending = this.#pending;
    this.#pending = undefined;
    this.#hasOpenTransaction = reply.hasOpenTransaction;
    if ('failure' in reply) pending?.reject(toSqliteError(reply.failure));
    else pending?.resolve(reply.answer as never);
  }

  #end(error: Error | undefined): void {
    this.#isAlive = false;
    this.#pending?.reject(connectionLost(this.label, error));
    this.#pending = undefined;
  }
}

/** How messages name the file. */
export function sqliteLabel(target: FileTarget): string {
  return target.path === ':memory:' ? 'the SQLite database in memory' : `the SQLite file ${target.path}`;
}
