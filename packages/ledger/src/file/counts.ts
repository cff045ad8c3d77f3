import type { ItemState, LedgerCounts } from '../contract.ts';

/** Reads the tally. */
export const SELECT_TALLY = 'SELECT state, class, count FROM tally WHERE count > 0';

/** The rows of {@link SELECT_TALLY} as {@link LedgerCounts}. */
export function toCounts(rows: Iterable<Readonly<Record<string, unknown>>>): LedgerCounts {
  const byState: Record<ItemState, number> = { pending: 0, leased: 0, done: 0, failed: 0, 'in-doubt': 0 };
  const byClass: Record<string, number> = {};
  let duplicates = 0;
  for (const row of rows) {
    const state = row.state as ItemState | 'duplicate';
    const count = row.count as number;
    if (state === 'duplicate') {
      duplicates += count;
      continue;
    }
    byState[state] += count;
    if (state === 'pending' || state === 'leased') continue;
    const name = row.class as string;
    byClass[name] = (byClass[name] ?? 0) + count;
  }
  return { byState, byClass, duplicates };
}
