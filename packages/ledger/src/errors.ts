import { SluiceError } from '@sluice/core';

/**
 * Every code a {@link LedgerError} can carry, and what it means. Documented in docs/errors.md; programs match on these.
 */
export const LEDGER_ERROR_CODES = {
  SLUICE_LEDGER_NOT_FOUND: 'There is no file at that path.',
  SLUICE_LEDGER_NOT_A_LEDGER: 'The file is not a ledger of Sluice.',
  SLUICE_LEDGER_NEWER: 'The ledger was written by a newer version of Sluice.',
  SLUICE_LEDGER_BUSY: 'Another process holds the ledger.',
  SLUICE_LEDGER_FULL: 'The disk, or the size that the ledger may have, is used up.',
  SLUICE_LEDGER_READONLY: 'The file or its folder cannot be written.',
  SLUICE_LEDGER_CORRUPT: 'The file is damaged.',
  SLUICE_LEDGER_IO: 'The operating system failed to read or write the file.',
  SLUICE_LEDGER_SQL: 'A statement is wrong, or would do more than read.',
  SLUICE_LEDGER_PROTOCOL: 'The ledger was told something that contradicts what it knows: a bug of the caller.',
  SLUICE_LEDGER_THREAD: 'The thread that reads or writes the file ended.',
  SLUICE_LEDGER_CLOSED: 'The ledger was used after it was closed.',
} as const;

/** One of {@link LEDGER_ERROR_CODES}. */
export type LedgerErrorCode = keyof typeof LEDGER_ERROR_CODES;

/** Anything that goes wrong with a ledger; `cause` is SQLite's or the operating system's error where there is one. */
export class LedgerError extends SluiceError {
  declare readonly code: LedgerErrorCode;

  /** `options.code` is one of this package's codes. */
  constructor(message: string, options: { readonly code: LedgerErrorCode; readonly cause?: unknown }) {
    super(message, options);
  }
}
