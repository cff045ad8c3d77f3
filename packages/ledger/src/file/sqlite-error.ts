import { LedgerError, type LedgerErrorCode } from '../errors.ts';

/** SQLite's primary result codes (sqlite.org/rescode.html) that have a meaning of their own here. */
const BY_RESULT_CODE: Readonly<Record<number, readonly [LedgerErrorCode, string]>> = {
  5: ['SLUICE_LEDGER_BUSY', 'another program keeps it locked; end that program or wait for it'],
  6: ['SLUICE_LEDGER_BUSY', 'another program keeps it locked; end that program or wait for it'],
  8: ['SLUICE_LEDGER_READONLY', 'it cannot be written; check the permissions of the file and of its folder'],
  10: ['SLUICE_LEDGER_IO', 'the operating system failed to read or write it; check the disk'],
  11: [
    'SLUICE_LEDGER_CORRUPT',
    'it is damaged; restore a copy, or save what is readable with the `.recover` of the sqlite3 program',
  ],
  13: ['SLUICE_LEDGER_FULL', 'no space is left for it; free some and run the same command again'],
  14: ['SLUICE_LEDGER_IO', 'it cannot be opened; check that its folder exists and may be written'],
  26: ['SLUICE_LEDGER_NOT_A_LEDGER', 'it is not a ledger of Sluice; name another file'],
};

/** Turns what `node:sqlite` threw about the file at `path` into a {@link LedgerError}; one of those is passed on as it is. */
export function toLedgerError(error: unknown, path: string): LedgerError {
  if (error instanceof LedgerError) return error;
  const known = BY_RESULT_CODE[resultCode(error) & 0xff];
  if (known !== undefined) return new LedgerError(`ledger ${path}: ${known[1]}`, { code: known[0], cause: error });
  const reason = error instanceof Error ? error.message : String(error);
  return new LedgerError(`ledger ${path}: unexpected failure (${reason}); nothing of the last commit was written`, {
    code: 'SLUICE_LEDGER_PROTOCOL',
    cause: error,
  });
}

/** SQLite's extended result code of what `node:sqlite` threw; 0 when the error is not SQLite's. */
export function resultCode(error: unknown): number {
  const errcode = (error as { errcode?: unknown } | null)?.errcode;
  return typeof errcode === 'number' ? errcode : 0;
}
