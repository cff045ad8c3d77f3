import { setImmediate as nextTurn } from 'node:timers/promises';
import { cancellable, checkpoint, now } from '@sluice/core';
import { DatabaseError } from '../errors/database-error.ts';
import type { BatchWriter, BulkRow, EncodedRows, RowBatch } from './batch-writer.ts';
import type { RowSource } from './row-source.ts';

/** A batch is closed at this weight, however few rows it has: memory holds two of them. */
const MAX_BATCH_BYTES = 1024 * 1024;
/** A batch of a fast source may grow for so long, though the database waits: a COPY or LOAD DATA of a few thousand rows is mostly the way there and back. */
const GATHER_MS = 10;
/** How many rows are encoded before the event loop gets a turn. */
const ROWS_A_TURN = 1000;

/** A row that was not written. */
export interface BadRow<R extends object = BulkRow> {
  readonly row: R;
  /** Its place in the input, from 0. */
  readonly index: number;
  readonly error: DatabaseError;
}

/** Rows to be written together, and those that could not even be encoded. */
export interface Batch extends RowBatch {
  readonly rows: BulkRow[];
  /** The place in the input of each row. */
  readonly indexes: number[];
  readonly bad: BadRow[];
}

export interface BatcherOptions {
  /** How many rows make a batch. */
  readonly rows: number;
  /** Whether a batch may grow beyond that: for a moment, and while the database is busy. */
  readonly mayGrow: boolean;
  /** Whether a batch ends at a row that cannot be encoded. */
  readonly stopAtBad: boolean;
  /** Throws a DatabaseError for a row that is not as the others. */
  readonly check: (row: BulkRow) => void;
}

/** Cuts a source into encoded batches. */
export class Batcher {
  readonly #source: RowSource;
  readonly #writer: BatchWriter;
  readonly #options: BatcherOptions;
  #index = 0;
  #hasEnded = false;

  constructor(source: RowSource, writer: BatchWriter, options: BatcherOptions) {
    this.#source = source;
    this.#writer = writer;
    this.#options = options;
  }

  /** The next batch; undefined at the end. While `isBusy` says that the database could not take it yet, it may gather more rows. */
  async next(isBusy: () => boolean): Promise<Batch | undefined> {
    const { rows: wanted, mayGrow, stopAtBad } = this.#options;
    const batch: Batch = { rows: [], indexes: [], bad: [], encoded: this.#writer.start() };
    const { rows, bad, encoded } = batch;
    const begunAt = now();
    while (!this.#hasEnded && encoded.bytes < MAX_BATCH_BYTES && !(stopAtBad && bad.length > 0)) {
      if (rows.length >= wanted && !(mayGrow && (isBusy() || now() < begunAt + GATHER_MS))) break;
      const step = this.#source.next();
      const { done, value } = step instanceof Promise ? await cancellable(step) : step;
      if (done === true) {
        this.#hasEnded = true;
        break;
      }
      this.#add(batch, value, this.#index++);
      if (this.#index % ROWS_A_TURN === 0) {
        await nextTurn();
        await checkpoint();
      }
    }
    return rows.length + bad.length === 0 ? undefined : batch;
  }

  #add({ rows, indexes, bad, encoded }: Batch & { readonly encoded: EncodedRows }, row: BulkRow, index: number): void {
    try {
      this.#options.check(row);
      encoded.add(row, index);
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      bad.push({ row, index, error });
      return;
    }
    rows.push(row);
    indexes.push(index);
  }
}
