import { rename, stat } from 'node:fs/promises';
import { LedgerError, type LedgerErrorCode, openLedger } from '@sluice/ledger';

/** What stands behind a ledger's name in the files that SQLite may leave beside it after a crash, and in the list that came on standard input. */
const COMPANIONS: readonly string[] = ['-wal', '-shm', '-list'];
/** A ledger with one of these troubles cannot be opened, but it can make room. */
const UNUSABLE: ReadonlySet<LedgerErrorCode> = new Set(['SLUICE_LEDGER_CORRUPT', 'SLUICE_LEDGER_NEWER']);

/**
 * Moves a ledger out of the way of a new run: `urls.run.db` becomes `urls.1.run.db`, or the first number that is free.
 * Nothing is ever deleted.
 *
 * @returns its new name; undefined when there was none.
 * @throws LedgerError `SLUICE_LEDGER_BUSY` while a run holds it; `SLUICE_LEDGER_NOT_A_LEDGER` for any other file, which
 * stays where it is.
 */
export async function setAside(ledger: string): Promise<string | undefined> {
  try {
    // Holding it for a moment proves that no run does, and folds what a crash left in its log into the file.
    await (await openLedger(ledger)).close();
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    if (error.code === 'SLUICE_LEDGER_NOT_FOUND') return undefined;
    if (!UNUSABLE.has(error.code)) throw error;
  }
  const target = await freeName(ledger);
  await rename(ledger, target);
  for (const companion of COMPANIONS) {
    if (await exists(ledger + companion)) await rename(ledger + companion, target + companion);
  }
  return target;
}

async function freeName(ledger: string): Promise<string> {
  const match = /^(.*?)(\.run\.db|\.[^./\\]*|)$/s.exec(ledger)!;
  for (let number = 1; ; number++) {
    const name = `${match[1]}.${number}${match[2]}`;
    if (!(await exists(name))) return name;
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
