import { checkpoint, Semaphore, shield, UsageError } from '@sluice/core';
import { attend } from '../connection/attend.ts';
import type { Connection, Cursor, Row, StatementResult } from '../connection/connection.ts';
import { DatabaseError } from '../errors/database-error.ts';
import { connectionLost, inDoubt, transactionGone } from '../errors/lost-connection.ts';

/** How long a cancelled statement may take to end at the server before its connection is cut. */
export const STOP_GRACE_MS = 2000;
/** How long a COMMIT that was met by a cancel may take. */
const COMMIT_GRACE_MS = 30_000;

/**
 * The use of one connection by one owner: statements one after the other, ended at the server when their scope is cancelled, and the depth
 * of its transactions.
 */
export class Session {
  readonly connection: Connection;
  readonly #turn = new Semaphore(1);
  #isStreaming = false;
  #isSuspect = false;
  /** How many transactions are open: 1 is the transaction, more are savepoints. */
  depth = 0;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** Whether the connection must be looked at before somebody else gets it. */
  get isSuspect(): boolean {
    return this.#isSuspect || this.#isStreaming || this.connection.hasOpenTransaction;
  }

  /** Runs one statement. */
  run(sql: string, parameters: readonly unknown[] = []): Promise<StatementResult> {
    return this.perform((connection) => connection.run(sql, parameters));
  }

  /** Runs whatever `start` begins on the connection, as one statement. */
  async perform<T>(start: (connection: Connection) => Promise<T>): Promise<T> {
    this.#refuseWhileStreaming();
    using _turn = await this.#turn.acquire();
    await checkpoint();
    return await this.#attend(start, true);
  }

  /** Commits; when a cancel comes meanwhile, the COMMIT is still brought to its end. */
  async commit(): Promise<void> {
    using _turn = await shield(() => this.#turn.acquire());
    const { info } = await this.#attend((connection) => connection.run('commit', []), false);
    if (info !== 'ROLLBACK') return;
    throw new DatabaseError('nothing was committed: a statement in the transaction had failed, so it was rolled back', {
      code: 'SLUICE_DB_TRANSACTION_ABORTED',
    });
  }

  /** Runs a statement that undoes, if there is anything to undo; where that fails, the connection is cut, which undoes everything. Never throws. */
  async undo(sql: string): Promise<boolean> {
    if (!this.connection.isAlive || !this.connection.hasOpenTransaction) return false;
    try {
      await shield(() => this.run(sql), { timeout: STOP_GRACE_MS });
      return true;
    } catch {
      this.connection.destroy();
      return false;
    }
  }

  /** Runs a statement that cleans up, also under a cancel; that it fails does not matter. */
  async tidy(sql: string): Promise<void> {
    await shield(() => this.run(sql), { timeout: STOP_GRACE_MS }).catch(() => {});
  }

  /** Runs a statement that must come to its end, also under a cancel. @throws DatabaseError when it does not. */
  async flush(sql: string): Promise<void> {
    try {
      await shield(() => this.run(sql), { timeout: COMMIT_GRACE_MS });
    } catch (error) {
      this.connection.destroy();
      throw error;
    }
  }

  /** The rows of a statement as they come. */
  async *stream(sql: string, parameters: readonly unknown[], pageRows: number): AsyncGenerator<Row, void, undefined> {
    this.#refuseWhileStreaming();
    using _turn = await this.#turn.acquire();
    await checkpoint();
    this.#checkUsable();
    const cursor = this.connection.openCursor(sql, parameters, pageRows);
    this.#isStreaming = true;
    try {
      for (;;) {
        const rows = await this.#attend(() => cursor.read(), true);
        if (rows.length === 0) break;
        for (const row of rows) yield row;
      }
    } finally {
      await this.#closeCursor(cursor);
    }
  }

  async #closeCursor(cursor: Cursor): Promise<void> {
    try {
      await shield(() => this.#attend(() => cursor.close(), true), { timeout: STOP_GRACE_MS });
    } catch {
      this.connection.destroy();
    }
    this.#isStreaming = false;
  }

  async #attend<T>(start: (connection: Connection) => Promise<T>, canInterrupt: boolean): Promise<T> {
    this.#checkUsable();
    const { connection } = this;
    try {
      return await attend(start(connection), {
        interrupt: canInterrupt ? () => this.#interrupt() : undefined,
        destroy: () => connection.destroy(),
        graceMs: canInterrupt ? STOP_GRACE_MS : COMMIT_GRACE_MS,
      });
    } catch (error) {
      const isLost = error instanceof DatabaseError && error.code === 'SLUICE_DB_CONNECTION_LOST';
      // Inside a transaction a lost connection undoes everything, unless it was just being committed.
      if (isLost && (this.depth === 0 || !canInterrupt)) {
        throw inDoubt(canInterrupt ? 'a statement' : 'a COMMIT', error);
      }
      throw error;
    }
  }

  #interrupt(): Promise<void> {
    this.#isSuspect = true;
    return this.connection.interrupt();
  }

  #checkUsable(): void {
    if (!this.connection.isAlive) throw connectionLost(this.connection.label);
    if (this.depth > 0 && !this.connection.hasOpenTransaction) throw transactionGone();
  }

  #refuseWhileStreaming(): void {
    if (!this.#isStreaming) return;
    throw new UsageError(
      'a stream is open on this transaction, and a connection carries one statement at a time: end the stream first, or read it from the database',
    );
  }
}
