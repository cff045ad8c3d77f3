export type {
  AdmitBatch,
  AdmitVerdict,
  AttemptRow,
  DueItems,
  Intent,
  ItemState,
  Ledger,
  LedgerCounts,
  LedgerReader,
  NewItem,
  NewRun,
  RecordedItem,
  ResultRow,
  Row,
  RunRow,
  RunState,
  Settlement,
  SourceCursor,
  SourceItem,
  SqlValue,
  Transition,
} from './contract.ts';
export { LEDGER_ERROR_CODES, LedgerError, type LedgerErrorCode } from './errors.ts';
export { type OpenLedgerOptions, openLedger } from './open-ledger.ts';
export { openReader } from './open-reader.ts';
