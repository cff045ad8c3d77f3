import { LedgerError, type LedgerErrorCode } from '../errors.ts';

/** What a result code of SQLite means here: our code, what is wrong, and what mends it. */
interface Meaning {
  readonly code: LedgerErrorCode;
  readonly what: string;
  readonly remedy: string;
  /** It may be mended while the run waits: nothing is wrong with the file itself. */
  readonly passes: boolean;
}

const LOCKED: Meaning = {
  code: 'SLUICE_LEDGER_BUSY',
  what: 'another program keeps it locked',
  remedy: 'end that program or wait for it',
  passes: true,
};

/** SQLite's primary result codes (sqlite.org/rescode.html) that have a meaning of their own here. */
const MEANINGS: Readonly<Record<number, Meaning>> = {
  5: LOCKED,
  6: LOCKED,
  8: {
    code: 'SLUICE_LEDGER_READONLY',
    what: 'it cannot be written',
    remedy: 'check the permissions of the file and of its folder',
    passes: true,
  },
  10: {
    code: 'SLUICE_LEDGER_IO',
    what: 'the operating system failed to read or write it',
    remedy: 'check the disk',
    passes: true,
  },
  11: {
    code: 'SLUICE_LEDGER_CORRUPT',
    what: 'it is damaged',
    remedy: 'restore a copy, or save what is readable with the `.recover` of the sqlite3 program',
    passes: false,
  },
  13: { code: 'SLUICE_LEDGER_FULL', what: 'no space is left for it', remedy: 'free some', passes: true },
  14: {
    code: 'SLUICE_LEDGER_IO',
    what: 'it cannot be opened',
    remedy: 'check that its folder exists and may be written',
    passes: true,
  },
  26: {
    code: 'SLUICE_LEDGER_NOT_A_LEDGER',
    what: 'it is not a ledger of Sluice',
    remedy: 'name another file',
    passes: false,
  },
};

/** Turns what `node:sqlite` threw about the file at `path` into a {@link LedgerError}; one of those is passed on as it is. */
export function toLedgerError(error: unknown, path: string): LedgerError {
  if (error instanceof LedgerError) return error;
  const known = meaningOf(error);
  if (known !== undefined) {
    const again = known.passes ? ', then run the same command again' : '';
    return new LedgerError(`ledger ${path}: ${known.what}; ${known.remedy}${again}`, {
      code: known.code,
      cause: error,
    });
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new LedgerError(`ledger ${path}: unexpected failure (${reason}); nothing of the last commit was written`, {
    code: 'SLUICE_LEDGER_PROTOCOL',
    cause: error,
  });
}

/** Whether what `node:sqlite` threw may pass: no space, no permission, a foreign lock, a failing disk. */
export function isPassing(error: unknown): boolean {
  return !(error instanceof LedgerError) && meaningOf(error)?.passes === true;
}

/** What to say while a commit waits for {@link isPassing} to pass. */
export function toStall(error: unknown, path: string): LedgerError {
  const { code, what, remedy } = meaningOf(error) as Meaning;
  return new LedgerError(`ledger ${path}: ${what}; ${remedy}, and it goes on by itself`, { code, cause: error });
}

/** SQLite's extended result code of what `node:sqlite` threw; 0 when the error is not SQLite's. */
export function resultCode(error: unknown): number {
  const errcode = (error as { errcode?: unknown } | null)?.errcode;
  return typeof errcode === 'number' ? errcode : 0;
}

function meaningOf(error: unknown): Meaning | undefined {
  return MEANINGS[resultCode(error) & 0xff];
}
