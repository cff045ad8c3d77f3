import type { Ledger } from '@sluice/ledger';
import { CommandError } from '../command-error.ts';
import { printable } from '../text/printable.ts';

/** Which items; conditions are combined. */
export interface RetrySelection {
  readonly classes?: readonly string[] | undefined;
  readonly hosts?: readonly string[] | undefined;
  readonly keys?: readonly string[] | undefined;
}

/**
 * Marks failed items to be tried again, with their whole retry policy anew, and answers how many. Items in doubt are
 * taken only when they are meant: by the class `in-doubt` or by their key.
 *
 * @throws CommandError `SLUICE_CLI_NO_ITEM` for a key that the run does not have; nothing is marked then.
 */
export async function markForRetry(ledger: Ledger, { classes, hosts, keys }: RetrySelection): Promise<number> {
  for (const key of keys ?? []) await requireKey(ledger, key);
  const where = {
    ...(classes === undefined ? {} : { classes }),
    ...(hosts === undefined ? {} : { hosts }),
    ...(keys === undefined ? {} : { keys }),
  };
  let marked = await ledger.transition({ from: 'failed', to: 'pending', where, resetPolicy: true });
  if (classes?.includes('in-doubt') === true || keys !== undefined) {
    marked += await ledger.transition({ from: 'in-doubt', to: 'pending', where, resetPolicy: true });
  }
  if (marked > 0 && ledger.run.state === 'complete') await ledger.updateRun({ state: 'stopped' });
  return marked;
}

async function requireKey(ledger: Ledger, key: string): Promise<void> {
  for await (const _ of ledger.rows('SELECT 1 FROM item WHERE key = ?', [key])) return;
  throw new CommandError(
    'SLUICE_CLI_NO_ITEM',
    `${ledger.path} has no item '${printable(key, 120)}': give it as it stands in the list; nothing was marked`,
  );
}
