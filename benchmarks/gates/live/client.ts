/** `node client.ts URL SECONDS MOST`: the verb fetch on an endless list of one server for so long, with its default gate, which may go up to MOST. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fetchJob, from } from '@sluice/engine';

const [url = '', seconds = '', most = ''] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'sluice-live-'));
const job = fetchJob({
  source: from.iterable(urls()),
  http: { hosts: { [new URL(url).host]: { maxConcurrency: Number(most) } } },
});
const handle = await job.start({ ledger: join(folder, 'live.run.db') });
await delay(Number(seconds) * 1000);
handle.drain();
await handle.finished;
rmSync(folder, { recursive: true });

function* urls(): Generator<string, void, undefined> {
  for (let index = 0; ; index++) yield `${url}?n=${index}`;
}
