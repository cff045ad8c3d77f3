import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startLab } from '@sluice/lab';
import { sluice, start } from '../support/sluice.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('the demo fetches its 2,000 URLs in a new folder, and its failures are expected', async () => {
  await using folder = await temporaryFolder();
  const { code, stdout, stderr } = await sluice(['demo'], { cwd: folder.path, env: { npm_command: 'start' } });
  assert.equal(code, 0, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, /complete: 2,000 items/);
  assert.match(stderr, /Failures are expected here/);
  assert.match(stderr, /npx sluice failures/);
  assert.match(stderr, /\nnpx sluice lab --port \d+ --seed 1\n$/);
  const [run] = await readdir(join(folder.path, 'sluice-runs'));
  const files = await readdir(join(folder.path, 'sluice-runs', run!));
  assert.deepEqual(
    files.filter((name) => !/-(wal|shm)$/.test(name)),
    ['lab.json', 'urls.run.db', 'urls.txt'],
  );
  const status = await sluice(['status', '--json'], { cwd: folder.path });
  assert.equal((JSON.parse(status.stdout) as { total: number }).total, 2000);
});

test('a demo that was stopped goes on with its lab on the same port', async () => {
  await using folder = await temporaryFolder();
  const { child, ended, said } = start(['demo', '--per-host', '4'], { cwd: folder.path });
  await said(/run [0-9a-f]{8} in/);
  child.kill('SIGINT');
  const { code, stderr } = await ended;
  assert.equal(code, 130, stderr);
  const [, port] = /sluice lab --port (\d+) --seed 1/.exec(stderr)!;
  const [, list] = /go on: +sluice fetch (\S+)/.exec(stderr)!;
  const refused = await sluice(['fetch', list!], { cwd: folder.path });
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, new RegExp(`sluice lab --port ${port} --seed 1`));
  await using _lab = await startLab({ port: Number(port), seed: 1 });
  const resumed = await sluice(['fetch', list!], { cwd: folder.path });
  assert.equal(resumed.code, 3, resumed.stderr);
  assert.match(resumed.stderr, /complete: 2,000 items/);
});

test('the demo of a list of one’s own has the usual exit status and leaves the list alone', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'mine.txt'), `${lab.url}/status/404\n`);
  const { code, stderr } = await sluice(['demo', 'mine.txt'], { cwd: folder.path });
  assert.equal(code, 3, stderr);
  const [run] = await readdir(join(folder.path, 'sluice-runs'));
  const copy = join(folder.path, 'sluice-runs', run!, 'mine.txt');
  assert.equal(await readFile(copy, 'utf8'), `${lab.url}/status/404\n`);
});
