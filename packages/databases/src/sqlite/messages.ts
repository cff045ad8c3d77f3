import type { Row, StatementResult } from '../connection/connection.ts';

/** A value as SQLite keeps it. */
export type SqliteValue = null | number | bigint | string | Uint8Array;

/** Rows for one prepared statement: all are written or none. */
export interface InsertBatch {
  readonly sql: string;
  readonly rows: readonly (readonly SqliteValue[])[];
}

/** What the main thread asks the SQLite thread for: each has one answer. */
export interface Calls {
  run: { request: { readonly sql: string; readonly parameters: readonly SqliteValue[] }; answer: StatementResult };
  openCursor: { request: { readonly sql: string; readonly parameters: readonly SqliteValue[] }; answer: null };
  readCursor: { request: { readonly pageRows: number }; answer: Row[] };
  closeCursor: { request: null; answer: null };
  /** The number of rows that changed the table; an ignored conflict does not. */
  insertRows: { request: InsertBatch; answer: number };
  close: { request: null; answer: null };
}

export type CallName = keyof Calls;

/** A SQLite error as it crosses the threads. */
export interface SqliteFailure {
  readonly message: string;
  /** The extended result code. */
  readonly errcode: number | undefined;
  /** The row of the batch that was refused, from 0. */
  readonly batchRow?: number | undefined;
}

export type Request = { [Name in CallName]: { readonly name: Name; readonly body: Calls[Name]['request'] } }[CallName];

export type Reply = { readonly hasOpenTransaction: boolean } & (
  | { readonly answer: unknown }
  | { readonly failure: SqliteFailure }
);

/** What the thread is started with. */
export interface ThreadSettings {
  readonly path: string;
  readonly isReadOnly: boolean;
  readonly busyTimeoutMs: number;
  /** One number: not 0 while the statement that runs shall end. */
  readonly stop: SharedArrayBuffer;
}
