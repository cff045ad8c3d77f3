import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Lab, startLab } from '@sluice/lab';
import { sluice, start } from '../support/sluice.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ITEMS = 60;

function urls(lab: Lab): string {
  return Array.from({ length: ITEMS }, (_, n) => `${lab.url}/delay/0.1?n=${n}\n`).join('');
}

/** A run of a list from standard input that is killed in its middle, when all of the list has come. */
async function killed(lab: Lab, cwd: string): Promise<void> {
  const { child } = start(['fetch', '-', '--per-host', '4'], { cwd, input: urls(lab) });
  const exit = once(child, 'exit');
  for (;;) {
    const isKept = (await readdir(cwd)).includes('stdin.run.db-list');
    if (isKept && lab.hits.total >= 8) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill('SIGKILL');
  await exit;
}

test('a list that was piped in is not needed again after kill -9, and its copy goes when the run is complete', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  const { path: cwd } = folder;
  await killed(lab, cwd);
  const { code, stdout, stderr } = await sluice(['fetch', '-', '--per-host', '16', '-o', '-'], { cwd });
  assert.equal(code, 0, stderr);
  assert.equal(stdout.trimEnd().split('\n').length, ITEMS);
  assert.ok(lab.hits.total < 2 * ITEMS);
  assert.deepEqual(
    (await readdir(cwd)).filter((file) => file.includes('list')),
    [],
  );
});

test('the same list may be piped in again, and another one is refused', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  const { path: cwd } = folder;
  await killed(lab, cwd);
  const other = await sluice(['fetch', '-'], { cwd, input: `${lab.url}/get\n` });
  assert.equal(other.code, 2, other.stderr);
  assert.match(other.stderr, /not the list that the run began with, which is kept in stdin\.run\.db-list/);
  const same = await sluice(['fetch', '-', '--per-host', '16'], { cwd, input: urls(lab) });
  assert.equal(same.code, 0, same.stderr);
  assert.match(same.stderr, /complete: 60 items/);
});

test('--fresh moves what was kept aside with its run', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  const { path: cwd } = folder;
  await killed(lab, cwd);
  const { code, stderr } = await sluice(['fetch', '-', '--fresh'], { cwd, input: `${lab.url}/get\n` });
  assert.equal(code, 0, stderr);
  const files = (await readdir(cwd)).filter((file) => /list$|\.db$/.test(file)).toSorted();
  assert.deepEqual(files, ['stdin.1.run.db', 'stdin.1.run.db-list', 'stdin.run.db']);
});

test('a list that is called as its ledger is, with another ending, is nobody’s copy', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  const { path: cwd } = folder;
  const input = `${lab.url}/get\n`;
  await writeFile(join(cwd, 'urls.list'), input);
  for (const args of [['-'], ['urls.list'], ['urls.list', '--fresh']]) {
    const { code, stderr } = await sluice(['fetch', ...args, '--ledger', `${args[0] === '-' ? 'a' : 'urls'}.db`], {
      cwd,
      input,
    });
    assert.equal(code, 0, stderr);
    assert.equal(await readFile(join(cwd, 'urls.list'), 'utf8'), input);
  }
  await writeFile(join(cwd, 'b.list'), input);
  await sluice(['fetch', '-', '--ledger', 'b.db'], { cwd, input });
  assert.equal(await readFile(join(cwd, 'b.list'), 'utf8'), input);
});
