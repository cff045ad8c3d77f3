import { Semaphore, UsageError } from '@sluice/core';
import type { BulkRow } from '../bulk/batch-writer.ts';
import { type BulkWriteOptions, bulkWrite } from '../bulk/bulk-write.ts';
import { type ConnectOptions, connect } from '../connect/connect.ts';
import type { Dialect } from '../connect/database-url.ts';
import type { Database } from '../database.ts';
import type { TableName } from '../sql/quote.ts';

/** A row for a sink: its properties are the columns. */
export type SinkRow = BulkRow;

/** Where results go. */
export interface Sink {
  /** Writes the rows and returns when they are committed. Calls may overlap. @throws what `bulkWrite` throws. */
  write(rows: readonly SinkRow[]): Promise<void>;
  /** Closes what the sink opened. */
  close(): Promise<void>;
}

/** Where in the database, and how. */
export interface SinkOptions extends BulkWriteOptions {
  readonly table: TableName;
  /** How to connect. A sink uses one connection unless `pool` says more. */
  readonly connect?: ConnectOptions;
}

/**
 * Sinks that write rows into a database. The connection is opened at the first write; `url` may be `env:NAME`.
 *
 * @example
 * const sink = to.postgres('env:DATABASE_URL', { table: 'results', onConflict: 'update' });
 * try { await sink.write(rows); } finally { await sink.close(); }
 */
export const to: {
  postgres(url: string, options: SinkOptions): Sink;
  mysql(url: string, options: SinkOptions): Sink;
  sqlite(url: string, options: SinkOptions): Sink;
} = {
  postgres: (url, options) => new DatabaseSink('postgres', url, options),
  mysql: (url, options) => new DatabaseSink('mysql', url, options),
  sqlite: (url, options) => new DatabaseSink('sqlite', url, options),
};

class DatabaseSink implements Sink {
  readonly #dialect: Dialect;
  readonly #url: string;
  readonly #options: SinkOptions;
  readonly #opening = new Semaphore(1);
  #database: Database | undefined;
  #isClosed = false;

  constructor(dialect: Dialect, url: string, options: SinkOptions) {
    this.#dialect = dialect;
    this.#url = url;
    this.#options = options;
  }

  async write(rows: readonly SinkRow[]): Promise<void> {
    if (rows.length === 0) return;
    await bulkWrite(await this.#open(), this.#options.table, rows, this.#options);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#database?.close();
  }

  /** One opens, the others wait; one that is cancelled meanwhile leaves the next to open. */
  async #open(): Promise<Database> {
    using _permit = await this.#opening.acquire();
    if (this.#isClosed) throw new UsageError('this sink was closed: write before close()');
    if (this.#database !== undefined) return this.#database;
    const database = await connect(this.#url, { pool: 1, ...this.#options.connect });
    if (database.dialect === this.#dialect) {
      this.#database = database;
      return database;
    }
    await database.close();
    throw new UsageError(
      `to.${this.#dialect} was given the URL of a ${database.dialect} database: use to.${database.dialect}`,
    );
  }
}
