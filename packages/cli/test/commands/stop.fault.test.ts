import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Lab, startLab } from '@sluice/lab';
import { type Started, sluice, start } from '../support/sluice.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ITEMS = 60;

interface Stage extends AsyncDisposable {
  readonly lab: Lab;
  readonly folder: string;
}

/** A lab, and a list of items that take a moment each. */
async function setStage(path: string): Promise<Stage> {
  const lab = await startLab();
  const folder = await temporaryFolder();
  const urls = Array.from({ length: ITEMS }, (_, n) => `${lab.url}${path}?n=${n}`);
  await writeFile(join(folder.path, 'urls.txt'), urls.join('\n'));
  return {
    lab,
    folder: folder.path,
    async [Symbol.asyncDispose]() {
      await lab.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function underWay(stage: Stage, args: readonly string[]): Promise<Started> {
  const before = stage.lab.hits.total;
  const started = start(['fetch', 'urls.txt', '--per-host', '4', ...args], { cwd: stage.folder });
  while (stage.lab.hits.total < before + 5) await new Promise((resolve) => setTimeout(resolve, 20));
  return started;
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 5],
] as const) {
  test(`${signal} stops a run with status ${code}, the results so far and how to go on as its last line`, async () => {
    await using stage = await setStage('/delay/0.1');
    const { child, ended } = await underWay(stage, ['-o', 'out.jsonl']);
    child.kill(signal);
    const stopped = await ended;
    assert.equal(stopped.code, code, stopped.stderr);
    assert.match(stopped.stderr, /stopped: \d+ of 60 items/);
    assert.match(stopped.stderr, /\ngo on: +sluice fetch urls\.txt --per-host 4 -o out\.jsonl\n$/);
    const results = (await readFile(join(stage.folder, 'out.jsonl'), 'utf8')).trimEnd().split('\n');
    assert.ok(results.length >= 1 && results.length < ITEMS);

    const resumed = await sluice(['fetch', 'urls.txt', '-o', 'out.jsonl', '--per-host', '32'], { cwd: stage.folder });
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.equal((await readFile(join(stage.folder, 'out.jsonl'), 'utf8')).trimEnd().split('\n').length, ITEMS);
    assert.equal(stage.lab.hits.total, ITEMS, 'nothing that was done is done again');
  });
}

test('the second signal cuts what the first one lets finish', async () => {
  await using stage = await setStage('/hang');
  const { child, ended, said } = await underWay(stage, ['--grace', '10min', '--concurrency', '8', '--per-host', '8']);
  child.kill('SIGINT');
  await said(/stopping/);
  child.kill('SIGINT');
  const { code, stderr } = await ended;
  assert.equal(code, 130, stderr);
  assert.match(stderr, /stopped: 0 of 60 items/);
});

test('when the grace is over what is under way is cut by itself', async () => {
  await using stage = await setStage('/hang');
  const { child, ended } = await underWay(stage, ['--grace', '300ms', '--per-host', '8']);
  child.kill('SIGTERM');
  assert.equal((await ended).code, 5);
});

test('a run whose process was killed is shown as interrupted, and the same command ends it', async () => {
  await using stage = await setStage('/delay/0.1');
  const { child, ended } = await underWay(stage, []);
  child.kill('SIGKILL');
  await ended;
  const { stdout } = await sluice(['status'], { cwd: stage.folder });
  assert.match(stdout, /state +interrupted \(its process is gone\)/);
  const resumed = await sluice(['fetch', 'urls.txt', '--per-host', '32'], { cwd: stage.folder });
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.match((await sluice(['status'], { cwd: stage.folder })).stdout, /state +complete/);
});

test('a second run on a live ledger is refused in one line, --fresh too, and the first goes on', async () => {
  await using stage = await setStage('/hang');
  const { child, ended } = await underWay(stage, ['--per-host', '8']);
  for (const args of [
    ['fetch', 'urls.txt'],
    ['fetch', 'urls.txt', '--fresh'],
    ['retry', '--mark'],
  ]) {
    const { code, stderr } = await sluice(args, { cwd: stage.folder });
    assert.equal(code, 2, stderr);
    assert.match(stderr, new RegExp(`^sluice: .*process ${child.pid}.*\\n$`));
  }
  assert.match((await sluice(['status'], { cwd: stage.folder })).stdout, /state +running/);
  assert.equal(child.exitCode, null);
  child.kill('SIGKILL');
  await ended;
});
