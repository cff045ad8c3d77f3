import { setImmediate as nextTurn } from 'node:timers/promises';
import { cancellable, checkpoint } from '@sluice/core';
import { DatabaseError } from '../errors/database-error.ts';
import type { BatchWriter, BulkRow, EncodedRows, RowBatch } from './batch-writer.ts';
import type { RowSource } from './row-source.ts';

/** A batch is closed at this weight, however few rows it has: memory holds two of them. */
const MAX_BATCH_BYTES = 1024 * 1024;
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
  /** Whether a batch may grow beyond that while the database is busy. */
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
  #waiting: BulkRow | undefined;
  #index = 0;
  #hasEnded = false;

  constructor(source: RowSource, first: BulkRow, writer: BatchWriter, options: BatcherOptions) {
    this.#source = source;
    this.#waiting = first;
    this.#writer = writer;
    this.#options = options;
  }

  /** The next batch; undefined at the end. While `isBusy` says that the database could not take it yet, it may gather more rows. */
  async next(isBusy: () => boolean): Promise<Batch | undefined> {
    const { rows: wanted, mayGrow, stopAtBad } = this.#options;
    const batch: Batch = { rows: [], indexes: [], bad: [], encoded: this.#writer.start() };
    const { rows, bad, encoded } = batch;
    while (!this.#hasEnded && encoded.bytes < MAX_BATCH_BYTES && !(stopAtBad && bad.length > 0)) {
      if (rows.length >= wanted && !(mayGrow && isBusy())) break;
      const pulled = this.#pull();
      const row = pulled instanceof Promise ? await pulled : pulled;
      if (row === undefined) break;
      this.#add(batch, row, this.#index++);
      if (this.#index % ROWS_A_TURN === 0) {
        await nextTurn();
        await checkpoint();
      }
    }
    return rows.length + bad.length === 0 ? undefined : batch;
  }

  #pull(): Promise<BulkRow | undefined> | BulkRow | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting !== undefined) return waiting;
    const step = this.#source.next();
    return step instanceof Promise ? cancellable(step).then((result) => this.#unwrap(result)) : this.#unwrap(step);
  }

  #unwrap(step: IteratorResult<BulkRow>): BulkRow | undefined {
    if (step.done !== true) return step.value;
    this.#hasEnded = true;
    return undefined;
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
