import type { LedgerCounts, LedgerReader, Row, RunRow, SqlValue } from '../contract.ts';
import { LedgerError } from '../errors.ts';
import { SELECT_TALLY, toCounts } from '../file/counts.ts';
import { SELECT_RUN, toRunRow } from '../file/run-row.ts';
import type { ReaderCalls, RowPage } from '../wire/messages.ts';
import type { ThreadLink } from './thread-link.ts';

/** Reads a ledger file through a thread of its own. */
export class FileReader implements LedgerReader {
  readonly path: string;
  readonly #link: ThreadLink<ReaderCalls>;
  #lastCursor = 0;
  #closing: Promise<void> | undefined;

  constructor(path: string, link: ThreadLink<ReaderCalls>) {
    this.path = path;
    this.#link = link;
  }

  async run(): Promise<RunRow> {
    const [row] = await this.#all(SELECT_RUN);
    return toRunRow(row as Row);
  }

  async counts(): Promise<LedgerCounts> {
    return toCounts(await this.#all(SELECT_TALLY));
  }

  /** One page is read ahead while the caller works on the one before: never more. */
  async *rows(sql: string, params: readonly SqlValue[] = []): AsyncGenerator<Row, void, undefined> {
    this.#refuseWhenClosed();
    const cursor = ++this.#lastCursor;
    const { columns } = await this.#link.call('start', { cursor, sql, params });
    let isDone = false;
    try {
      let ahead = this.#next(cursor);
      while (!isDone) {
        const page: RowPage = await ahead;
        isDone = page.done;
        if (!isDone) ahead = this.#next(cursor);
        for (const values of page.rows) yield toRow(columns, values);
      }
    } finally {
      if (!isDone && this.#closing === undefined) await this.#link.call('stop', { cursor });
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#link.close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #all(sql: string): Promise<Row[]> {
    const rows: Row[] = [];
    for await (const row of this.rows(sql)) rows.push(row);
    return rows;
  }

  #next(cursor: number): Promise<RowPage> {
    const page = this.#link.call('next', { cursor });
    // A caller that left the loop never looks at the page that was read ahead.
    page.catch(() => undefined);
    return page;
  }

  #refuseWhenClosed(): void {
    if (this.#closing !== undefined) {
      throw new LedgerError(`the reader of ledger ${this.path} is closed; open it again`, {
        code: 'SLUICE_LEDGER_CLOSED',
      });
    }
  }
}

function toRow(columns: readonly string[], values: readonly SqlValue[]): Row {
  const row: Row = {};
  for (const [index, column] of columns.entries()) row[column] = values[index] as SqlValue;
  return row;
}
