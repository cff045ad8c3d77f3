/** An item's durable state. */
export type ItemState = 'pending' | 'leased' | 'done' | 'failed' | 'in-doubt';

/** A run's durable state: `running` in a file whose lock nobody holds means that its process died. */
export type RunState = 'running' | 'stopped' | 'complete';

/** Where a source goes on: opaque JSON text that only the source reads. `null` is its beginning. */
export type SourceCursor = string | null;

/** What a new ledger is created with. */
export interface NewRun {
  readonly id: string;
  /** The verb or job: `fetch`, `job`, … */
  readonly kind: string;
  /** The frozen definition as JSON text, without secrets. */
  readonly definition: string;
  /** Seed of the run's jitter. */
  readonly seed: number;
  /** Fingerprint of the input, or null when it has none (stdin, an iterable). */
  readonly inputFingerprint: string | null;
}

/** The run row. Times are epoch milliseconds. */
export interface RunRow extends NewRun {
  readonly state: RunState;
  readonly cursor: SourceCursor;
  /** True once the source was read to its end and every item of it is recorded. */
  readonly sourceDone: boolean;
  /** Number of items of the source, when known. */
  readonly total: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly ownerPid: number | null;
  /** How far the results were handed on to the job's sink: opaque text that only the engine reads. */
  readonly sinkCursor: string | null;
}

/** An item as the source or a step gives it. */
export interface NewItem {
  /** Unique within the run. */
  readonly key: string;
  readonly host: string;
  /** The item's input as text (JSON for rows); null when it equals the key. */
  readonly input: string | null;
}

/** An item of the source: its position is the line or row number, from 1, strictly rising. */
export interface SourceItem extends NewItem {
  readonly position: number;
}

/** A recorded item that waits to be worked on (again), or that was under way when its process died. */
export interface RecordedItem extends NewItem {
  /** The record's id: the position of a source item, negative for an emitted one. */
  readonly id: number;
  readonly state: ItemState;
  /** Attempts made so far. */
  readonly attempts: number;
  /** Retries that were spent, by outcome class, as JSON text; null when none. */
  readonly spent: string | null;
}

/**
 * What the ledger knows of an item that the source brings: `fresh`: nothing, it is leased to the caller now; `recorded`: this position is
 * in the file, or in the caller's hands already: skip it; `duplicate`: its key belongs to another position, which stands for both.
 */
export type AdmitVerdict = 'fresh' | 'recorded' | 'duplicate';

/** A run of items that the source read in one go. Positions rise; both cursors are needed to know where to go on after a crash. */
export interface AdmitBatch {
  /** The cursor before the first item of the batch. */
  readonly from: SourceCursor;
  /** The cursor behind its last item. */
  readonly to: SourceCursor;
  readonly items: readonly SourceItem[];
  /** True when the source ends here. */
  readonly last: boolean;
}

/** One attempt's evidence. Times are epoch milliseconds, durations milliseconds. */
export interface AttemptRow {
  /** Number of the attempt of this item, from 1. */
  readonly number: number;
  readonly class: string;
  readonly code: string | null;
  readonly phase: string | null;
  /** What went wrong, for a person; null for `ok`. */
  readonly message: string | null;
  readonly method: string | null;
  readonly url: string | null;
  readonly startedAt: number;
  readonly durationMs: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly reused: boolean;
  readonly address: string | null;
  /** Requests put on the wire by this attempt. */
  readonly requests: number;
}

/** What an item gave. */
export interface ResultRow {
  readonly status: number | null;
  /** Response headers as JSON text (an array of [name, value]). */
  readonly headers: string | null;
  /** The decoded body; copied when it is settled, so that its memory may be reused at once. */
  readonly body: Uint8Array | null;
  readonly charset: string | null;
  /** What the step returned, as JSON text. */
  readonly value: string | null;
}

/** The verdict on one attempt of an item: state, attempt, result and emitted items are committed together. */
export interface Settlement extends NewItem {
  /** Position of a source item, or the id of a recorded one. */
  readonly id: number;
  readonly state: ItemState;
  readonly idempotent: boolean;
  /** Whether bytes of the attempt may have left. */
  readonly sent: boolean;
  /** When a pending item may be tried again, epoch ms; null: at once or never. */
  readonly dueAt: number | null;
  readonly spent: string | null;
  /** Null when the state changes without an attempt (marked for retry, refused before any attempt). */
  readonly attempt: AttemptRow | null;
  readonly result: ResultRow | null;
  /** Items that the step found; pending at once. A key that the ledger knows already is not recorded again. */
  readonly emits: readonly NewItem[];
}

/** Recorded before the first byte of a request that is not idempotent leaves: after a crash the item is in doubt. */
export interface Intent extends NewItem {
  readonly id: number;
  readonly attempt: number;
  readonly spent: string | null;
  readonly method: string;
  readonly url: string;
}

/** Due items, and when the next one will be due (epoch ms; null: none waits). */
export interface DueItems {
  readonly items: readonly RecordedItem[];
  readonly nextDueAt: number | null;
}

/** Numbers of recorded items. */
export interface LedgerCounts {
  readonly byState: Readonly<Record<ItemState, number>>;
  /** Last attempt's class of items that are done, failed or in doubt. */
  readonly byClass: Readonly<Record<string, number>>;
  readonly duplicates: number;
}

/** What SQLite stores. Integers beyond 2^53 come as bigint, blobs as bytes. */
export type SqlValue = string | number | bigint | null | Uint8Array;
/** A row by column name; of two columns with one name the last counts. */
export type Row = Record<string, SqlValue>;

/** Reads a ledger; any number of readers beside one writer. */
export interface LedgerReader {
  readonly path: string;
  run(): Promise<RunRow>;
  counts(): Promise<LedgerCounts>;
  /** Streams the rows of a read-only statement. Leaving the loop ends the statement. */
  rows(sql: string, params?: readonly SqlValue[]): AsyncIterable<Row>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A bulk change of state, for recovery and for `retry`; `where` conditions are combined with AND. An attempt that was announced by an intent
 * and never reported on gets the class `in-doubt`. `to` is never `leased`.
 */
export interface Transition {
  readonly from: ItemState;
  readonly to: ItemState;
  readonly where?: {
    readonly idempotent?: boolean;
    readonly sent?: boolean;
    readonly classes?: readonly string[];
    readonly hosts?: readonly string[];
    readonly keys?: readonly string[];
  };
  /** Clears spent retries and the due time, so that the item has its whole policy again. Attempts keep counting: their numbers never repeat. */
  readonly resetPolicy?: boolean;
}

/** The writer of one run's ledger. One process at a time holds it. */
export interface Ledger {
  readonly path: string;
  /** The run as it was when the ledger was opened. */
  readonly run: RunRow;
  /** True when the file was made by this call. */
  readonly created: boolean;
  /** Registers items that the source read; verdicts in the items' order. Fresh ones are leased to the caller. */
  admit(batch: AdmitBatch): Promise<readonly AdmitVerdict[]>;
  /** Leases up to `limit` recorded pending items that are due at `now` (epoch ms), oldest due first. */
  takeDue(limit: number, now: number): Promise<DueItems>;
  /** Commits intents at once; resolves when they are durable. */
  intent(intent: Intent): Promise<void>;
  /**
   * Queues a settlement for the next group commit (at most 50 ms, 500 items or 4 MiB away). Never waits. An attempt is recorded once: a second
   * report of it, or a report of an item that was given back, is dropped. Throws when the ledger has failed or is closed; one of an item that
   * was never admitted fails the ledger (`SLUICE_LEDGER_PROTOCOL`).
   */
  settle(settlement: Settlement): void;
  /** Undefined while the writer keeps up; else a promise to await before settling more. */
  drained(): Promise<void> | undefined;
  /**
   * Gives leased items back without a record of this attempt: a recorded item is pending and due as before, a source item without a record is
   * read again from the cursor, which stays before it. An attempt that was announced is kept with the class `cancelled`.
   */
  release(ids: readonly number[]): void;
  /** Resolves when all that was settled before is durable. */
  flush(): Promise<void>;
  /** Changes the state of many recorded items in one transaction; answers how many. */
  transition(change: Transition): Promise<number>;
  /** Updates the run row: the named columns only. */
  updateRun(change: {
    state?: RunState;
    total?: number;
    definition?: string;
    inputFingerprint?: string | null;
    sinkCursor?: string;
  }): Promise<void>;
  /** Counts everything settled so far; from a tally, so that it costs the same however long the run is. */
  counts(): Promise<LedgerCounts>;
  /** Flushes, then streams the rows of a read-only statement through a reader of its own. */
  rows(sql: string, params?: readonly SqlValue[]): AsyncIterable<Row>;
  /**
   * Why the writer waits: no space is left, the file cannot be written, another program keeps it locked. Nothing is lost meanwhile: what was said
   * is kept and written when that is mended, and {@link drained} holds back more. Undefined while it writes.
   */
  readonly stall: Error | undefined;
  /** From now on what would {@link stall} fails; what is stalled already is tried once more first. */
  failWhenStalled(): void;
  /** Calls back once when the writer failed; every waiting and later call rejects with the same error. */
  onFailure(callback: (error: Error) => void): void;
  /** Flushes, checkpoints, releases the lock. Rejects when the writer failed, or is stalled and still cannot write. Closing twice is the same close. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
