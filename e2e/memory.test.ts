import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { openReader } from '@sluice/ledger';
import { startLabProcess } from './support/lab.ts';
import { sluice, temporaryFolder, wait } from './support/sluice.ts';

const ITEMS = 200_000;
const MAX_PEAK_MIB = 300;

/** A figure of a process in MiB, from /proc; undefined once it is gone. */
async function memory(pid: number, field: 'VmHWM' | 'VmRSS'): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const match = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status);
  return match === null ? undefined : Number(match[1]) / 1024;
}

test(`a run of ${ITEMS.toLocaleString('en')} URLs holds its memory flat, below ${MAX_PEAK_MIB} MiB`, {
  timeout: 600_000,
}, async () => {
  await using lab = await startLabProcess();
  await using folder = await temporaryFolder();
  await writeFile(
    folder.file('urls.txt'),
    Array.from({ length: ITEMS }, (_, index) => `${lab.url}/bytes/1024?n=${index}`).join('\n'),
  );
  const command = sluice(['fetch', 'urls.txt', '--per-host', '100', '--quiet'], { cwd: folder.path });
  const samples: number[] = [];
  let peak = 0;
  while (command.child.exitCode === null) {
    const [rss, highest] = await Promise.all([
      memory(command.child.pid!, 'VmRSS'),
      memory(command.child.pid!, 'VmHWM'),
    ]);
    if (rss !== undefined) samples.push(rss);
    peak = Math.max(peak, highest ?? 0);
    await wait(200);
  }
  const ended = await command.ended;
  assert.equal(ended.code, 0, ended.stderr);
  await using reader = await openReader(folder.file('urls.run.db'));
  assert.equal((await reader.counts()).byState.done, ITEMS);
  const half = samples.slice(samples.length >> 1);
  const slope = half.at(-1)! - half[0]!;
  console.log(`peak ${Math.round(peak)} MiB; over the second half ${slope >= 0 ? '+' : ''}${Math.round(slope)} MiB`);
  assert.ok(peak < MAX_PEAK_MIB, `peak ${Math.round(peak)} MiB`);
  assert.ok(slope < 40, `grew by ${Math.round(slope)} MiB over the second half`);
});
