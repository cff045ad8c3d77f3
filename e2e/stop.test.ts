import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { type LedgerCounts, openReader } from '@sluice/ledger';
import { startLabProcess } from './support/lab.ts';
import { sluice, temporaryFolder, until } from './support/sluice.ts';

/** A list whose requests take `delay` seconds each. */
function slowUrls(base: string, count: number, delay: number): string {
  return Array.from({ length: count }, (_, index) => `${base}/delay/${delay}?n=${index}`).join('\n');
}

async function statesOf(ledger: string): Promise<LedgerCounts['byState']> {
  await using reader = await openReader(ledger);
  return (await reader.counts()).byState;
}

test('one Ctrl-C lets what is under way finish, begins nothing new, and the same command goes on to the end', async () => {
  await using lab = await startLabProcess();
  await using folder = await temporaryFolder();
  await writeFile(folder.file('urls.txt'), slowUrls(lab.url, 60, 0.4));
  const args = ['fetch', 'urls.txt', '--per-host', '10', '--ledger', 'stop.run.db'];
  const first = sluice(args, { cwd: folder.path });
  await until(async () => (await lab.total()) >= 15, 'some requests');
  first.child.kill('SIGINT');
  const stopped = await first.ended;
  assert.equal(stopped.code, 130, stopped.stderr);
  const begun = await lab.total();
  assert.ok(begun < 60, 'it was to be stopped in the middle');
  const states = await statesOf(folder.file('stop.run.db'));
  assert.equal(states.done, begun, 'everything that was begun was finished and recorded');
  assert.equal(states['in-doubt'], 0);
  assert.match(stopped.stderr, /sluice fetch urls\.txt/, 'it says how to go on');

  const second = await sluice(args, { cwd: folder.path }).ended;
  assert.equal(second.code, 0, second.stderr);
  assert.equal((await statesOf(folder.file('stop.run.db'))).done, 60);
  assert.equal(await lab.total(), 60, 'nothing was asked for twice');
});

test('a second Ctrl-C cuts at once, and what was cut is done again', async () => {
  await using lab = await startLabProcess();
  await using folder = await temporaryFolder();
  await writeFile(folder.file('urls.txt'), slowUrls(lab.url, 20, 20));
  const args = ['fetch', 'urls.txt', '--per-host', '10', '--grace', '60s'];
  const command = sluice(args, { cwd: folder.path });
  await until(async () => (await lab.total()) >= 10, 'the first requests');
  command.child.kill('SIGINT');
  // Two signals of a kind that come too close are one to the process: it has to have taken notice of the first.
  await until(() => command.stderr().includes('stopping'), 'the first to be noticed');
  const cutAt = performance.now();
  command.child.kill('SIGINT');
  const ended = await command.ended;
  const tookMs = performance.now() - cutAt;
  assert.equal(ended.code, 130, ended.stderr);
  assert.ok(tookMs < 5000, `it took ${Math.round(tookMs)} ms`);
  const states = await statesOf(folder.file('urls.run.db'));
  assert.equal(states.done + states.failed + states['in-doubt'] + states.leased, 0, JSON.stringify(states));
});

test('SIGTERM stops as Ctrl-C does, with exit code 5', async () => {
  await using lab = await startLabProcess();
  await using folder = await temporaryFolder();
  await writeFile(folder.file('urls.txt'), slowUrls(lab.url, 40, 0.3));
  const command = sluice(['fetch', 'urls.txt', '--per-host', '4'], { cwd: folder.path });
  await until(async () => (await lab.total()) >= 6, 'some requests');
  command.child.kill('SIGTERM');
  assert.equal((await command.ended).code, 5);
});

test('a second run on a live ledger is refused in one line that names the process', async () => {
  await using lab = await startLabProcess();
  await using folder = await temporaryFolder();
  await writeFile(folder.file('urls.txt'), slowUrls(lab.url, 20, 5));
  const args = ['fetch', 'urls.txt'];
  const first = sluice(args, { cwd: folder.path });
  await until(async () => (await lab.total()) > 0, 'the first run to begin');
  const second = await sluice(args, { cwd: folder.path }).ended;
  assert.equal(second.code, 2, second.stderr);
  assert.match(second.stderr, new RegExp(String(first.child.pid)));
  first.child.kill('SIGKILL');
  await first.ended;
});
