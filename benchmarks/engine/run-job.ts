/** `node run-job.ts KIND LOOPS COUNT [URL] [CONCURRENCY]`: one run of the engine in a fresh process; `compute` or `fetch`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchJob, from, type Job } from '@sluice/engine';
import { measure } from '../support/measure.ts';
import { computeJob } from './compute-job.ts';

const [kind = '', ...rest] = process.argv.slice(2);
const [loops = 1, count = 0] = rest.slice(0, 2).map(Number);
const [url = '', concurrency = 100] = [rest[2], Number(rest[3])];
const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
const job = kind === 'compute' ? computeJob(count) : fetching();
await measure(count, async () => {
  const report = await job.run({ ledger: join(folder, 'bench.run.db'), loops });
  return { ok: report.progress.done, seconds: report.progress.elapsedMs / 1000 };
});
rmSync(folder, { recursive: true });

function fetching(): Job<string, unknown> {
  return fetchJob({ source: from.iterable(urls()), concurrency, perHost: concurrency });
}

function* urls(): Generator<string, void, undefined> {
  for (let index = 0; index < count; index++) yield `${url}?n=${index}`;
}
