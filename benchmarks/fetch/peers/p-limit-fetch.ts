/** What people write today: p-limit over Node's built-in fetch, a line of JSON appended for each body where a fourth argument says `append`. */
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { measure } from '../../support/measure.ts';
import { readTask, urls } from '../urls.ts';

const { base, count, concurrency } = readTask();
const appends = process.argv[5] === 'append';
const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
const file = join(folder, 'results.jsonl');
await measure(count, async () => {
  const limit = pLimit(concurrency);
  let ok = 0;
  await Promise.all(
    Array.from(urls(base, count), (url) =>
      limit(async () => {
        const response = await fetch(url);
        const body = await response.text();
        if (appends) await appendFile(file, `${JSON.stringify({ url, status: response.status, body })}\n`);
        if (body.length > 0 && response.ok) ok++;
      }),
    ),
  );
  return ok;
});
await rm(folder, { recursive: true });
