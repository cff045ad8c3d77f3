import type { LedgerReader } from '@sluice/ledger';

/** Failures that look alike. */
export interface FailureCluster {
  readonly class: string;
  readonly host: string;
  readonly code: string;
  /** The message without what differs from item to item. */
  readonly shape: string;
  readonly count: number;
  readonly exampleKey: string;
  readonly exampleMessage: string;
}

/** What failed or is in doubt in a run, like with like, the most frequent first; at most `limit`. */
export async function* readFailures(
  reader: LedgerReader,
  limit: number,
): AsyncGenerator<FailureCluster, void, undefined> {
  const sql = 'SELECT * FROM failure_cluster ORDER BY count DESC, class, host, code, shape LIMIT ?';
  for await (const row of reader.rows(sql, [limit])) {
    yield {
      class: String(row.class ?? ''),
      host: String(row.host ?? ''),
      code: String(row.code ?? ''),
      shape: String(row.shape ?? ''),
      count: Number(row.count),
      exampleKey: String(row.example_key),
      exampleMessage: String(row.example_message ?? ''),
    };
  }
}
