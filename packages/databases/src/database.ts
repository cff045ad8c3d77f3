import type { Duration } from '@sluice/core';
import type { Dialect } from './connect/database-url.ts';
import type { PoolStatistics } from './pool/pool.ts';
import type { Sql } from './sql/sql.ts';

/** What `execute` answers. */
export interface ExecuteResult {
  /** Rows inserted, matched by an update, or deleted; for a statement that returns rows, their number. */
  readonly rowsAffected: number;
  /** The id that the database gave to the (first) inserted row: MySQL and SQLite only; PostgreSQL has `returning`. */
  readonly insertId: number | bigint | undefined;
}

/** How transactions see each other; SQL's own names. SQLite knows only the strongest and takes every name for it. */
export type Isolation = 'read committed' | 'repeatable read' | 'serializable';

export interface TransactionOptions {
  /** Default: the server's own. Not for nested ones. */
  readonly isolation?: Isolation;
  /** How often the whole function is run again after a deadlock, a serialization failure or a lock timeout. Default 0. Not for nested ones. */
  readonly retries?: number;
}

export interface StreamOptions {
  /** Rows fetched at a time, which bounds the memory. Default 500. */
  readonly pageRows?: number;
}

/**
 * What statements run on: a database (each statement on a pooled connection of its own) or a transaction.
 *
 * Parameters are written as the database has them: `$1` for PostgreSQL, `?` for MySQL and SQLite; `sql` templates work on all three.
 * Every function ends with its scope: when the scope is cancelled, the statement is ended at the server first.
 * All throw {@link DatabaseError} and CancelledError.
 */
export interface Queryable {
  readonly dialect: Dialect;
  /** The rows of a statement. Integers beyond 2^53 are `bigint`, dates without a time are text, times are `Date`s in UTC. */
  query<T = Record<string, unknown>>(statement: string | Sql, parameters?: readonly unknown[]): Promise<T[]>;
  /** The one row of a statement. @throws DatabaseError `SLUICE_DB_ROW_COUNT` when it gives none or several. */
  one<T = Record<string, unknown>>(statement: string | Sql, parameters?: readonly unknown[]): Promise<T>;
  /** The one row, or undefined. @throws DatabaseError `SLUICE_DB_ROW_COUNT` when it gives several. */
  maybeOne<T = Record<string, unknown>>(
    statement: string | Sql,
    parameters?: readonly unknown[],
  ): Promise<T | undefined>;
  /** Runs a statement for its effect. */
  execute(statement: string | Sql, parameters?: readonly unknown[]): Promise<ExecuteResult>;
  /** The rows as they come, through a cursor, so that memory is bounded by a page. Leaving the loop ends the statement at the server. */
  stream<T = Record<string, unknown>>(
    statement: string | Sql,
    parameters?: readonly unknown[],
    options?: StreamOptions,
  ): AsyncGenerator<T, void, undefined>;
  /** `query` with a template: db.sql`select * from people where id = ${id}`. */
  sql<T = Record<string, unknown>>(texts: TemplateStringsArray, ...values: unknown[]): Promise<T[]>;
  /**
   * Runs `body` in a transaction: committed when it returns, rolled back when it throws or is cancelled. Inside a transaction it is a
   * savepoint. The handle ends with the function, and while a nested one is open only the nested one's handle works.
   *
   * @throws what `body` throws; DatabaseError `SLUICE_DB_IN_DOUBT` when the connection was lost during COMMIT.
   */
  tx<T>(body: (transaction: Transaction) => T | PromiseLike<T>, options?: TransactionOptions): Promise<T>;
}

/** A transaction, or a savepoint in one. Its statements run one after the other on one connection. */
export type Transaction = Queryable;

/** A database with its pool of connections. Close it, or hold it with `await using`. */
export interface Database extends Queryable, AsyncDisposable {
  /** How many connections there are and what they did. */
  statistics(): PoolStatistics;
  /** Closes every connection; those in use may finish for `grace`, 5 s by default, then their statements are ended at the server. Further statements are refused. */
  close(options?: { readonly grace?: Duration }): Promise<void>;
}
