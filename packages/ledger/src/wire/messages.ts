import type {
  AdmitVerdict,
  DueItems,
  LedgerCounts,
  NewRun,
  RunRow,
  RunState,
  SourceCursor,
  SqlValue,
  Transition,
} from '../contract.ts';
import type { ErrorReport } from './error-report.ts';
import type { SealedTape, TapeBuffers } from './tape.ts';

/** What the writer thread is started with. */
export interface WriterSetup {
  readonly path: string;
  readonly create: NewRun | null;
  readonly checkpointOnClose: boolean;
  readonly maxBytes: number | null;
}

/** What the writer thread answers when it holds the ledger. */
export interface WriterReady {
  readonly run: RunRow;
  readonly created: boolean;
}

/** A change of the run row. */
export interface RunChange {
  readonly state?: RunState;
  readonly total?: number;
  readonly definition?: string;
  readonly inputFingerprint?: string | null;
  readonly sinkCursor?: string;
}

/** What the writer thread can be asked, and what each answer is. Answers are sent after COMMIT. */
export interface WriterCalls {
  batch: { request: SealedTape; reply: TapeBuffers };
  admit: {
    request: { from: SourceCursor; to: SourceCursor; last: boolean; positions: Float64Array; keys: readonly string[] };
    reply: readonly AdmitVerdict[];
  };
  takeDue: { request: { limit: number; now: number }; reply: DueItems };
  transition: { request: Transition; reply: number };
  updateRun: { request: RunChange; reply: null };
  counts: { request: null; reply: LedgerCounts };
  /** From now on what would stall fails. */
  failWhenStalled: { request: null; reply: null };
  close: { request: null; reply: null };
}

/** What the reader thread is started with. */
export interface ReaderSetup {
  readonly path: string;
}

/** A page of rows, as arrays in the order of the statement's columns. */
export interface RowPage {
  readonly rows: readonly (readonly SqlValue[])[];
  readonly done: boolean;
}

/** What the reader thread can be asked. A cursor is a number that the caller picks. */
export interface ReaderCalls {
  start: {
    request: { cursor: number; sql: string; params: readonly SqlValue[] };
    reply: { columns: readonly string[] };
  };
  next: { request: { cursor: number }; reply: RowPage };
  stop: { request: { cursor: number }; reply: null };
  close: { request: null; reply: null };
}

/** A request of any thread. */
export interface RequestMessage {
  readonly id: number;
  readonly call: string;
  readonly request: unknown;
}

/**
 * What a thread says: it is ready, an answer, an answer that failed by itself, that it waits for something outside to be mended and goes on then,
 * or that the whole thread failed and takes no more requests.
 */
export type ThreadMessage =
  | { readonly kind: 'ready'; readonly value: unknown }
  | { readonly kind: 'reply'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'refused'; readonly id: number; readonly error: ErrorReport }
  | { readonly kind: 'stalled'; readonly error: ErrorReport }
  | { readonly kind: 'resumed' }
  | { readonly kind: 'failed'; readonly error: ErrorReport };
