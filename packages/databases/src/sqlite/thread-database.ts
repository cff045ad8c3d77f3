import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { Row, StatementResult } from '../connection/connection.ts';
import type { Calls, SqliteFailure, SqliteValue, ThreadSettings } from './messages.ts';
import { SQLITE_INTERRUPT } from './sqlite-error.ts';

const ROWS_BETWEEN_LOOKS = 64;
/** Statements that change rows, so that one which is told to end is undone. */
const CHANGES_ROWS = /^\s*(?:insert|update|delete|replace)\b/i;
const EMPTY_TAIL = /^(?:[\s;]|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*$/;

type Handlers = { [Name in keyof Calls]: (request: Calls[Name]['request']) => Calls[Name]['answer'] };

/** SQLite in its own thread: everything here is synchronous. */
export class ThreadDatabase implements Handlers {
  readonly #database: DatabaseSync;
  readonly #stop: Int32Array;
  #cursor: Iterator<Row> | undefined;
  #batchStatement: { sql: string; statement: StatementSync } | undefined;

  constructor({ path, isReadOnly, busyTimeoutMs, stop }: ThreadSettings) {
    this.#database = new DatabaseSync(path, { readOnly: isReadOnly, timeout: busyTimeoutMs });
    this.#stop = new Int32Array(stop);
    // Readers and a writer side by side; the mode stays in the file.
    if (!isReadOnly && path !== ':memory:') this.#database.exec('pragma journal_mode = wal');
  }

  get hasOpenTransaction(): boolean {
    return this.#database.isOpen && this.#database.isTransaction;
  }

  run({ sql, parameters }: Calls['run']['request']): StatementResult {
    let result: StatementResult | undefined;
    for (let rest = sql; result === undefined || !EMPTY_TAIL.test(rest); ) {
      const statement = this.#prepare(rest);
      rest = rest.slice(rest.indexOf(statement.sourceSQL) + statement.sourceSQL.length);
      if (parameters.length > 0 && !EMPTY_TAIL.test(rest)) {
        throw new Error('a statement with parameters must stand alone: another one follows it');
      }
      result = this.#atomically(statement.sourceSQL, () => this.#runOne(statement, parameters));
    }
    return result;
  }

  openCursor({ sql, parameters }: Calls['openCursor']['request']): null {
    this.#cursor = this.#prepare(sql).iterate(...(parameters as SQLInputValue[])) as Iterator<Row>;
    return null;
  }

  readCursor({ pageRows }: Calls['readCursor']['request']): Row[] {
    const rows: Row[] = [];
    while (rows.length < pageRows) {
      const step = this.#cursor?.next();
      if (step === undefined || step.done === true) {
        this.#cursor = undefined;
        break;
      }
      this.#look(rows.push(narrow(step.value)));
    }
    return rows;
  }

  closeCursor(): null {
    this.#cursor?.return?.();
    this.#cursor = undefined;
    return null;
  }

  insertRows({ sql, rows }: Calls['insertRows']['request']): number {
    if (this.#batchStatement?.sql !== sql) this.#batchStatement = { sql, statement: this.#prepare(sql) };
    const { statement } = this.#batchStatement;
    return this.#atomically(sql, () => {
      let changed = 0;
      rows.forEach((row, index) => {
        this.#look(index);
        try {
          changed += Number(statement.run(...(row as SQLInputValue[])).changes);
        } catch (error) {
          throw Object.assign(error as Error, { batchRow: index });
        }
      });
      return changed;
    });
  }

  close(): null {
    this.#database.close();
    return null;
  }

  #prepare(sql: string): StatementSync {
    const statement = this.#database.prepare(sql);
    // Integers beyond 2^53 would throw; all are read as bigint and made numbers again where that loses nothing.
    statement.setReadBigInts(true);
    return statement;
  }

  #runOne(statement: StatementSync, parameters: readonly SqliteValue[]): StatementResult {
    if (statement.columns().length === 0) {
      const { changes, lastInsertRowid } = statement.run(...(parameters as SQLInputValue[]));
      return { rows: [], rowsAffected: Number(changes), insertId: narrowInteger(lastInsertRowid), info: '' };
    }
    const rows: Row[] = [];
    for (const row of statement.iterate(...(parameters as SQLInputValue[]))) this.#look(rows.push(narrow(row)));
    return { rows, rowsAffected: rows.length, insertId: undefined, info: '' };
  }

  /** Keeps what `work` did only if it came to its end and was not told to end. */
  #atomically<T>(sql: string, work: () => T): T {
    if (!CHANGES_ROWS.test(sql)) return work();
    const isInner = this.#database.isTransaction;
    this.#database.exec(isInner ? 'savepoint sluice_statement' : 'begin immediate');
    try {
      const value = work();
      this.#look(0);
      this.#database.exec(isInner ? 'release sluice_statement' : 'commit');
      return value;
    } catch (error) {
      // Some errors have rolled back already.
      if (this.#database.isTransaction) {
        this.#database.exec(isInner ? 'rollback to sluice_statement; release sluice_statement' : 'rollback');
      }
      throw error;
    }
  }

  /** Ends the statement between two rows when the main thread says so. */
  #look(count: number): void {
    if (count % ROWS_BETWEEN_LOOKS !== 0 || Atomics.load(this.#stop, 0) === 0) return;
    throw Object.assign(new Error('the statement was told to end'), { errcode: SQLITE_INTERRUPT });
  }
}

/** An error as it crosses the threads. */
export function toFailure(error: unknown): SqliteFailure {
  const { message, errcode, batchRow } = error as Error & { errcode?: number; batchRow?: number };
  return { message, errcode, batchRow };
}

function narrow(row: object): Row {
  const target: Row = {};
  for (const [name, value] of Object.entries(row))
    target[name] = typeof value === 'bigint' ? narrowInteger(value) : value;
  return target;
}

function narrowInteger(value: number | bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
