import type { Dialect } from '../connect/database-url.ts';

/** A row as the driver gives it. */
export type Row = Record<string, unknown>;

/** What one statement answered. */
export interface StatementResult {
  readonly rows: Row[];
  /** Rows inserted, matched by an update, deleted; for a statement that returns rows, their number. */
  readonly rowsAffected: number;
  /** The id that the database gave to the inserted row: MySQL and SQLite only. */
  readonly insertId: number | bigint | undefined;
  /** What the server said it did: PostgreSQL's command tag, MySQL's info line; else empty. */
  readonly info: string;
}

/** The rows of a running statement, page by page. */
export interface Cursor {
  /** The next page; an empty one is the end. */
  read(): Promise<Row[]>;
  /** Ends the statement at the server; resolves when the connection can take the next one. */
  close(): Promise<void>;
}

/**
 * One connection of a driver: what the pool and the sessions need of it, the same for all databases. At most one statement runs at a time.
 * Its errors are `DatabaseError`s. It knows nothing of scopes: who waits for it sees to cancellation.
 */
export interface Connection {
  readonly dialect: Dialect;
  /** False once the socket or thread is gone. Nothing is sent then. */
  readonly isAlive: boolean;
  /** Which server or file, for messages. */
  readonly label: string;
  /** Whether a transaction was open when the last statement had ended, as far as the database said. */
  readonly hasOpenTransaction: boolean;
  run(sql: string, parameters: readonly unknown[]): Promise<StatementResult>;
  openCursor(sql: string, parameters: readonly unknown[], pageRows: number): Cursor;
  /** Asks the server to end the statement that runs now. The statement's own promise tells when it has ended. */
  interrupt(): Promise<void>;
  /** Resolves when the server answers and holds neither a statement nor a transaction of this connection; rejects otherwise. */
  verify(): Promise<void>;
  /** Says goodbye and closes; never rejects. */
  close(): Promise<void>;
  /** Cuts the connection at once; what runs rejects. */
  destroy(): void;
}
