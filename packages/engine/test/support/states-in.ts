import { openReader } from '@sluice/ledger';
import { allOf } from './all-of.ts';

/** How many items of a ledger are in each state. */
export async function statesIn(ledger: string): Promise<Record<string, number>> {
  await using reader = await openReader(ledger);
  const rows = await allOf(reader.rows('SELECT state, count(*) AS n FROM item GROUP BY state'));
  return Object.fromEntries(rows.map(({ state, n }) => [state as string, n as number]));
}
