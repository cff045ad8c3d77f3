import type { DatabaseSync } from 'node:sqlite';
import type { SqlValue } from '../contract.ts';
import { openReadonly } from '../file/open-readonly.ts';
import type { ReaderCalls, RowPage } from '../wire/messages.ts';
import { guardReads, prepareRead, readError } from './read-guard.ts';

const MAX_PAGE_ROWS = 500;
const MAX_PAGE_BYTES = 1_048_576;

/** A running statement. */
interface Cursor {
  readonly sql: string;
  readonly rows: Iterator<SqlValue[]>;
}

/** Runs users' statements on a ledger, page by page; several may be under way at once. Everything here is synchronous. */
export class ReaderSession {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #cursors = new Map<number, Cursor>();

  constructor(path: string) {
    this.#path = path;
    this.#database = openReadonly(path);
    guardReads(this.#database);
  }

  start({ cursor, sql, params }: ReaderCalls['start']['request']): ReaderCalls['start']['reply'] {
    try {
      const statement = prepareRead(this.#database, sql);
      const columns = statement.columns().map((column) => column.name);
      statement.setReturnArrays(true);
      // Integers beyond 2^53 would throw; all are read as bigint and made numbers again where that loses nothing.
      statement.setReadBigInts(true);
      const rows = statement.iterate(...params) as unknown as Iterator<SqlValue[]>;
      this.#cursors.set(cursor, { sql, rows });
      return { columns };
    } catch (error) {
      throw readError(error, sql, this.#path);
    }
  }

  next({ cursor }: ReaderCalls['next']['request']): RowPage {
    const open = this.#cursors.get(cursor);
    const rows: SqlValue[][] = [];
    if (open === undefined) return { rows, done: true };
    try {
      for (let bytes = 0; rows.length < MAX_PAGE_ROWS && bytes < MAX_PAGE_BYTES; ) {
        const step = open.rows.next();
        if (step.done === true) {
          this.#cursors.delete(cursor);
          return { rows, done: true };
        }
        bytes += toPlainValues(step.value);
        rows.push(step.value);
      }
      return { rows, done: false };
    } catch (error) {
      this.#cursors.delete(cursor);
      throw readError(error, open.sql, this.#path);
    }
  }

  /** Ends a statement, so that it no longer holds up checkpoints of the writer. */
  stop({ cursor }: ReaderCalls['stop']['request']): null {
    this.#cursors.get(cursor)?.rows.return?.();
    this.#cursors.delete(cursor);
    return null;
  }

  close(): void {
    this.#database.close();
  }
}

/** Makes safe integers numbers, in place; answers about how many bytes the row takes. */
function toPlainValues(row: SqlValue[]): number {
  let bytes = 0;
  for (const [index, value] of row.entries()) {
    if (typeof value === 'bigint') {
      const number = Number(value);
      if (Number.isSafeInteger(number)) row[index] = number;
      bytes += 8;
    } else if (typeof value === 'string') bytes += value.length;
    else if (value instanceof Uint8Array) bytes += value.byteLength;
    else bytes += 8;
  }
  return bytes;
}
