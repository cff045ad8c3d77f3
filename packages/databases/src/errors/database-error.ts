import { SluiceError } from '@sluice/core';

/** Everything that can go wrong with a database, by what the caller can do about it. The codes are stable. */
export type DatabaseErrorCode =
  | 'SLUICE_DB_URL'
  | 'SLUICE_DB_UNREACHABLE'
  | 'SLUICE_DB_TLS'
  | 'SLUICE_DB_AUTH'
  | 'SLUICE_DB_NO_DATABASE'
  | 'SLUICE_DB_TOO_MANY_CONNECTIONS'
  | 'SLUICE_DB_CONNECTION_LOST'
  | 'SLUICE_DB_IN_DOUBT'
  | 'SLUICE_DB_CLOSED'
  | 'SLUICE_DB_SYNTAX'
  | 'SLUICE_DB_PERMISSION'
  | 'SLUICE_DB_CONSTRAINT'
  | 'SLUICE_DB_VALUE'
  | 'SLUICE_DB_DEADLOCK'
  | 'SLUICE_DB_SERIALIZATION'
  | 'SLUICE_DB_LOCK_TIMEOUT'
  | 'SLUICE_DB_INTERRUPTED'
  | 'SLUICE_DB_TRANSACTION_ABORTED'
  | 'SLUICE_DB_ROW_COUNT'
  | 'SLUICE_DB_BAD_ROW'
  | 'SLUICE_DB_STATEMENT';

/** What is known of a database error besides its message. */
export interface DatabaseErrorDetails {
  readonly code: DatabaseErrorCode;
  readonly cause?: unknown;
  /** The five characters of SQLSTATE (SQL standard); SQLite has none. */
  readonly sqlState?: string | undefined;
  /** The server's own number or name of the error: `1062`, `SQLITE_CONSTRAINT_UNIQUE`. */
  readonly nativeCode?: string | number | undefined;
  readonly constraint?: string | undefined;
  readonly table?: string | undefined;
  readonly column?: string | undefined;
  /** What the server added to its message. */
  readonly detail?: string | undefined;
  /** The row of the batch, from 0, that the server named. */
  readonly batchRow?: number | undefined;
}

const RETRYABLE: ReadonlySet<string> = new Set([
  'SLUICE_DB_DEADLOCK',
  'SLUICE_DB_SERIALIZATION',
  'SLUICE_DB_LOCK_TIMEOUT',
]);

/**
 * Something went wrong with a database. `code` says what, the same for PostgreSQL, MySQL and SQLite; the driver's own error is the `cause`.
 * Passwords never appear in the message.
 *
 * @example
 * try { await db.execute('insert into people (id) values ($1)', [1]); } catch (error) {
 *   if (error instanceof DatabaseError && error.code === 'SLUICE_DB_CONSTRAINT') console.log(error.constraint); // people_pkey
 * }
 */
export class DatabaseError extends SluiceError {
  override readonly code: DatabaseErrorCode;
  readonly sqlState: string | undefined;
  readonly nativeCode: string | number | undefined;
  readonly constraint: string | undefined;
  readonly table: string | undefined;
  readonly column: string | undefined;
  readonly detail: string | undefined;
  readonly batchRow: number | undefined;

  constructor(message: string, details: DatabaseErrorDetails) {
    super(message, details);
    this.code = details.code;
    this.sqlState = details.sqlState;
    this.nativeCode = details.nativeCode;
    this.constraint = details.constraint;
    this.table = details.table;
    this.column = details.column;
    this.detail = details.detail;
    this.batchRow = details.batchRow;
  }

  /** Whether the same transaction, begun anew, may well succeed: a deadlock, a serialization failure, a lock that was not had in time. */
  get isRetryable(): boolean {
    return RETRYABLE.has(this.code);
  }
}

/** Whether the server refused what the row says (a constraint, a type, a value), so that other rows may be fine. */
export function isRowError(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && (error.code === 'SLUICE_DB_CONSTRAINT' || error.code === 'SLUICE_DB_VALUE');
}
