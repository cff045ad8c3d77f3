import { exponentialJitter, retry } from '@sluice/core';
import { DatabaseError, isRowError } from '../errors/database-error.ts';
import type { Session } from '../session/session.ts';
import type { BatchCount, BatchWriter } from './batch-writer.ts';
import type { BadRow, Batch } from './batcher.ts';

/** What became of all rows. */
export interface BulkCount {
  readonly written: number;
  /** Rows that were there already (`onConflict: 'ignore'`). */
  readonly skipped: number;
  /** Rows that were refused and given to `onBadRow`. */
  readonly bad: number;
}

/** What happens to a row that the database refuses. */
export type BadRowPolicy = 'throw' | ((bad: BadRow) => void | Promise<void>);

const ATTEMPTS = 6;

/** Brings a batch to its end: written, but for the rows that the database refuses, which it finds. */
export class BatchSettler {
  readonly #session: Session;
  readonly #writer: BatchWriter;
  readonly #onBadRow: BadRowPolicy;
  #written = 0;
  #skipped = 0;
  #bad = 0;

  constructor(session: Session, writer: BatchWriter, onBadRow: BadRowPolicy) {
    this.#session = session;
    this.#writer = writer;
    this.#onBadRow = onBadRow;
  }

  get count(): BulkCount {
    return { written: this.#written, skipped: this.#skipped, bad: this.#bad };
  }

  async settle(batch: Batch): Promise<void> {
    await this.#write(batch, 0, batch.rows.length);
    for (const bad of batch.bad) await this.#report(bad);
  }

  /**
   * Writes the rows from `from` up to `to`, in order. When the database refuses one, they are cut around it, where the database named it,
   * or in halves; a wrong name costs one more cut and no row.
   */
  async #write(batch: Batch, from: number, to: number): Promise<void> {
    if (from === to) return;
    try {
      const { written, skipped } = await this.#attempt(batch, from, to);
      this.#written += written;
      this.#skipped += skipped;
      return;
    } catch (error) {
      if (!isRowError(error)) throw error;
      if (to - from === 1) {
        await this.#report({ row: batch.rows[from]!, index: batch.indexes[from]!, error });
        return;
      }
      const named = from + (error.batchRow ?? Number.NaN);
      const cuts = named >= from && named < to ? [named, named + 1] : [(from + to) >> 1];
      let start = from;
      for (const end of [...cuts, to]) {
        await this.#write(batch, start, end);
        start = end;
      }
    }
  }

  /** Inside a caller's transaction nothing can be repeated: the deadlock has ended it. */
  #attempt(batch: Batch, from: number, to: number): Promise<BatchCount> {
    if (this.#session.depth > 0) return this.#writer.write(batch, from, to);
    return retry(() => this.#writer.write(batch, from, to), {
      attempts: ATTEMPTS,
      wait: exponentialJitter({ initial: '20ms', max: '2s' }),
      retryIf: (error) => error instanceof DatabaseError && error.isRetryable,
    });
  }

  async #report(bad: BadRow): Promise<void> {
    if (this.#onBadRow === 'throw') {
      throw new DatabaseError(
        `row ${bad.index} was refused: ${bad.error.message}. The ${this.#written + this.#skipped} rows before it are written, it and those behind it are not; correct it, or give \`onBadRow\` a function to go on without it`,
        { ...detailsOf(bad.error), code: 'SLUICE_DB_BAD_ROW', cause: bad.error, batchRow: bad.index },
      );
    }
    this.#bad++;
    await this.#onBadRow(bad);
  }
}

function detailsOf({ sqlState, nativeCode, constraint, table, column, detail }: DatabaseError): {
  [Name in 'sqlState' | 'nativeCode' | 'constraint' | 'table' | 'column' | 'detail']: DatabaseError[Name];
} {
  return { sqlState, nativeCode, constraint, table, column, detail };
}
