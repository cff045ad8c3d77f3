/** The engine: every check on, every outcome and body durable in SQLite. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchJob, from } from '@sluice/engine';
import { measure } from '../support/measure.ts';
import { urls } from './urls.ts';

const [base, count, concurrency] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])];
const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
await measure(count, async () => {
  const job = fetchJob({ source: from.iterable(urls(base, count)), concurrency, perHost: concurrency });
  const report = await job.run({ ledger: join(folder, 'bench.run.db') });
  return report.progress.done;
});
rmSync(folder, { recursive: true });
