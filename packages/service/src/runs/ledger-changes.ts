import { rm } from 'node:fs/promises';
import { LedgerError, openLedger } from '@sluice/ledger';
import type { RunFiles } from './catalogue.ts';

/**
 * Marks failed items of a ledger to be tried again, all or those of some classes, and answers how many. Items in doubt are taken only when they are
 * meant: by the class `in-doubt`.
 *
 * @throws LedgerError `SLUICE_LEDGER_BUSY` when another process holds it.
 */
export async function markForRetry(path: string, classes: readonly string[] | undefined): Promise<number> {
  await using ledger = await openLedger(path);
  const where = classes === undefined ? {} : { classes };
  let marked = await ledger.transition({ from: 'failed', to: 'pending', where, resetPolicy: true });
  if (classes?.includes('in-doubt') === true) {
    marked += await ledger.transition({ from: 'in-doubt', to: 'pending', where, resetPolicy: true });
  }
  if (marked > 0 && ledger.run.state === 'complete') await ledger.updateRun({ state: 'stopped' });
  return marked;
}

/** Removes all files of a run. The recipe goes last: a removal that was cut short still shows a run, to be deleted again. */
export async function removeFiles({ ledger, urls, recipe }: RunFiles): Promise<void> {
  try {
    // Holding the ledger for a moment proves that no process carries the run on.
    await (await openLedger(ledger)).close();
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'SLUICE_LEDGER_NOT_FOUND') throw error;
  }
  for (const path of [ledger, `${ledger}-wal`, `${ledger}-shm`, urls, recipe]) await rm(path, { force: true });
}
