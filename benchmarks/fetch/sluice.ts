/** The engine: every check on, every outcome durable in SQLite, with its body unless a fourth argument says `none`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchJob, from } from '@sluice/engine';
import { measure } from '../support/measure.ts';
import { readTask, urls } from './urls.ts';

const { base, count, concurrency } = readTask();
const store = process.argv[5] === 'none' ? 'none' : 'body';
const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
await measure(count, async () => {
  const job = fetchJob({ source: from.iterable(urls(base, count)), concurrency, perHost: concurrency, store });
  const report = await job.run({ ledger: join(folder, 'bench.run.db') });
  return { ok: report.progress.done, seconds: report.progress.elapsedMs / 1000 };
});
rmSync(folder, { recursive: true });
