import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startLab } from '@sluice/lab';
import { sluice } from '../support/sluice.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('retry marks what is asked for, goes on with the run from its ledger alone, and leaves the rest', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  const healing = `${lab.url}/fail-times/1?x`;
  await writeFile(join(folder.path, 'urls.txt'), `${healing}\n${lab.url}/status/404\n${lab.url}/get\n`);
  const first = await sluice(['fetch', 'urls.txt', '--retries', '0', '--header', 'X-A: b'], { cwd: folder.path });
  assert.equal(first.code, 3, first.stderr);
  const retried = await sluice(['retry', '--class', 'server', '-o', '-'], { cwd: folder.path });
  assert.equal(retried.code, 3, retried.stderr);
  assert.match(retried.stderr, /1 item marked to be tried again/);
  assert.equal(retried.stdout.trimEnd().split('\n').length, 3);
  assert.equal(lab.hits.get('/fail-times/1?x'), 2);
  assert.equal(lab.hits.get('/status/404'), 1);
});

test('--mark only marks, and the next fetch of the list tries them', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'urls.txt'), `${lab.url}/fail-times/1?x\n`);
  await sluice(['fetch', 'urls.txt', '--retries', '0'], { cwd: folder.path });
  assert.equal((await sluice(['retry', '--mark'], { cwd: folder.path })).code, 0);
  assert.equal(lab.hits.total, 1);
  const { code, stderr } = await sluice(['fetch', 'urls.txt'], { cwd: folder.path });
  assert.equal(code, 0, stderr);
  assert.equal(lab.hits.total, 2);
});

test('a list from standard input that was read whole is retried without it', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  const input = `${lab.url}/fail-times/1?x\n`;
  await sluice(['fetch', '-', '--retries', '0'], { cwd: folder.path, input });
  const { code, stderr } = await sluice(['retry', 'stdin.run.db'], { cwd: folder.path });
  assert.equal(code, 0, stderr);
});

test('nothing is marked when the run could not go on, or a key is unknown', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'urls.txt'), `${lab.url}/status/404\n`);
  const env = { API_KEY: 'k' };
  await sluice(['fetch', 'urls.txt', '--header', 'Authorization: env:API_KEY'], { cwd: folder.path, env });
  const cases: readonly (readonly [args: readonly string[], why: RegExp])[] = [
    [[], /variable API_KEY, which is not set/],
    [['-o', 'missing/out.jsonl'], /variable API_KEY|its folder does not exist/],
    [['--mark', '--key', `${lab.url}/status/404`, '--key', 'nope'], /no item 'nope'.*nothing was marked/],
  ];
  for (const [args, why] of cases) {
    const { code, stderr } = await sluice(['retry', 'urls.run.db', ...args], { cwd: folder.path });
    assert.equal(code, 2);
    assert.match(stderr, why);
  }
  const { stdout } = await sluice(['status', '--json'], { cwd: folder.path });
  assert.equal((JSON.parse(stdout) as { byState: { failed: number } }).byState.failed, 1);
});

test('a retry that finds nothing says so and is no failure', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'urls.txt'), `${lab.url}/status/404\n`);
  await sluice(['fetch', 'urls.txt'], { cwd: folder.path });
  const { code, stderr } = await sluice(['retry', '--class', 'dns'], { cwd: folder.path });
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '0 items marked to be tried again in urls.run.db\n' });
});
