import type { LedgerReader } from '@sluice/ledger';
import type { FailureCluster } from '../schemas/outcome-schema.ts';

/** What failed or is in doubt in a run, like with like, the most frequent first; at most `limit`. */
export async function readClusters(reader: LedgerReader, limit: number): Promise<FailureCluster[]> {
  const sql = 'SELECT * FROM failure_cluster ORDER BY count DESC, class, host, code, shape LIMIT ?';
  return Array.fromAsync(reader.rows(sql, [limit]), (row) => ({
    class: String(row.class ?? ''),
    host: String(row.host ?? ''),
    code: String(row.code ?? ''),
    shape: String(row.shape ?? ''),
    count: Number(row.count),
    exampleKey: String(row.example_key),
    exampleMessage: String(row.example_message ?? ''),
  }));
}
