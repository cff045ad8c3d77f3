/** A row to be written. */
export type BulkRow = Readonly<Record<string, unknown>>;

/** What became of a batch. */
export interface BatchCount {
  readonly written: number;
  /** Rows that were there already (`onConflict: 'ignore'`). */
  readonly skipped: number;
}

/** The encoded form of a batch's rows, of which a part can be written. */
export interface EncodedRows {
  /** About how many bytes they are. */
  readonly bytes: number;
  /** Appends a row. @throws DatabaseError `SLUICE_DB_VALUE` for a value that has no form in the database; then nothing is appended. */
  add(row: BulkRow, index: number): void;
}

/** Rows and their encoded form, side by side. */
export interface RowBatch<E extends EncodedRows = EncodedRows> {
  readonly rows: readonly BulkRow[];
  readonly encoded: E;
}

/** What `bulkWrite` needs of a database. */
export interface BatchWriter<E extends EncodedRows = EncodedRows> {
  /** Begins a batch. */
  start(): E;
  /** Writes the rows from `from` up to `to`: all of them or none. @throws DatabaseError, with `batchRow`, from `from`, where the database names the row. */
  write(batch: RowBatch<E>, from: number, to: number): Promise<BatchCount>;
  /** Makes what was written last. Called once, however it ended, before the caller is told anything. */
  finish(): Promise<void>;
}

/** What a writer is made for. */
export interface BulkTarget {
  /** The table, quoted. */
  readonly table: string;
  readonly columns: readonly string[];
  readonly onConflict: 'error' | 'ignore' | 'update';
  /** The columns that tell rows apart; undefined: the primary key. */
  readonly key: readonly string[] | undefined;
}
