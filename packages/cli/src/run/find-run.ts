import { glob, stat } from 'node:fs/promises';
import { LedgerError, type LedgerReader, openReader } from '@sluice/ledger';
import { CommandError } from '../command-error.ts';
import { printable } from '../text/printable.ts';

/** Where runs are looked for when none is named by its path: this folder, and the folders that `sluice demo` makes. */
const PLACES: readonly string[] = ['*.run.db', 'sluice-runs/*/*.run.db'];

/** The ledgers in this folder and in ./sluice-runs, the one that was written last first. */
export async function listLedgers(): Promise<string[]> {
  const ledgers: { path: string; writtenAt: number }[] = [];
  for await (const path of glob([...PLACES])) ledgers.push({ path, writtenAt: await lastWrite(path) });
  ledgers.sort((a, b) => b.writtenAt - a.writtenAt);
  return ledgers.map((ledger) => ledger.path);
}

/**
 * The ledger that a user means: a path, a run's id (or the beginning of one, 4 characters or more), or without a name
 * the newest here.
 *
 * @throws CommandError `SLUICE_CLI_NO_RUN` when there is none, or several.
 */
export async function findLedger(name: string | undefined): Promise<string> {
  if (name !== undefined && (await isThere(name))) return name;
  const ledgers = await listLedgers();
  if (name === undefined) {
    const newest = ledgers[0];
    if (newest !== undefined) return newest;
    throw new CommandError(
      'SLUICE_CLI_NO_RUN',
      'there is no run here (no *.run.db in this folder or in ./sluice-runs): name its ledger, or start one with sluice fetch LIST',
    );
  }
  const matches: string[] = [];
  for (const path of ledgers)
    if (name.length >= 4 && (await runIdOf(path))?.startsWith(name) === true) matches.push(path);
  if (matches.length === 1) return matches[0]!;
  const shown = printable(name, 80);
  throw new CommandError(
    'SLUICE_CLI_NO_RUN',
    matches.length > 1
      ? `several runs begin with '${shown}': ${matches.join(', ')}; name one by its path`
      : `there is no ledger and no run '${shown}' here: give the path of a .run.db file, or the id of a run in this folder`,
  );
}

/** The reader of the run that a user means; see {@link findLedger}. */
export async function openRun(name: string | undefined): Promise<LedgerReader> {
  return openReader(await findLedger(name));
}

async function runIdOf(path: string): Promise<string | undefined> {
  try {
    await using reader = await openReader(path);
    return (await reader.run()).id;
  } catch (error) {
    // A file that only has the name of a ledger must not hide the others.
    if (error instanceof LedgerError) return undefined;
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** While a run goes on, only the log beside its ledger is written. */
async function lastWrite(path: string): Promise<number> {
  const times = await Promise.all(
    [path, `${path}-wal`].map(async (file) => (await stat(file).catch(() => undefined))?.mtimeMs ?? 0),
  );
  return Math.max(...times);
}
