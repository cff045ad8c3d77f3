import { dirname, join, parse } from 'node:path';
import { listLedgers } from './find-run.ts';

/**
 * Where the ledger of a list lies when `--ledger` does not say: beside it and named after it, for standard input in
 * this folder.
 */
export function defaultLedger(list: string): string {
  if (list === '-') return 'stdin.run.db';
  return join(dirname(list), `${parse(list).name}.run.db`);
}

/** Where a list that comes on standard input is kept beside its ledger while the run is not complete: no file of a user's is called so. */
export function spoolPath(ledger: string): string {
  return `${ledger}-list`;
}

/** The argument that names a ledger in a command: nothing where the command finds it by itself. */
export async function ledgerArgument(path: string): Promise<readonly string[]> {
  const [newest] = await listLedgers();
  return newest !== undefined && join(newest) === join(path) ? [] : [path];
}
