import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startLab } from '@sluice/lab';
import { capture } from '../support/captured-host.ts';
import { sluice, start } from '../support/sluice.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function listOf(folder: string, urls: readonly string[]): Promise<string> {
  const list = join(folder, 'urls.txt');
  await writeFile(list, urls.join('\n'));
  return list;
}

test('a run that is under way shows its gates and takes other bounds; afterwards it does neither', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  await listOf(
    folder.path,
    Array.from({ length: 200 }, (_, n) => `${lab.url}/delay/0.05?n=${n}`),
  );
  const { ended } = start(['fetch', 'urls.txt', '--per-host', '1', '--rate', '2/s', '--quiet'], { cwd: folder.path });
  while (lab.hits.total < 1) await new Promise((resolve) => setTimeout(resolve, 20));
  const ledger = join(folder.path, 'urls.run.db');

  const shown = await capture(['status', ledger]);
  assert.equal(shown.code, 0, shown.stderr);
  assert.match(shown.stdout, /in flight +[01] of at most 256/);
  assert.match(
    shown.stdout,
    new RegExp(`127\\.0\\.0\\.1:${lab.port} +[01] +1 +1\\d\\d +2\\.00/s +(?:concurrency|rate)`),
  );
  const { live } = JSON.parse((await capture(['status', '--json', ledger])).stdout) as {
    live: { progress: { limit: number }; hosts: { limit: number; perSecond: number }[] };
  };
  assert.deepEqual([live.progress.limit, live.hosts[0]?.limit, live.hosts[0]?.perSecond], [256, 1, 2]);

  const refused = await capture(['set', ledger, '--per-host', '100000']);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /perHost can be raised to 1024 while a run goes on/);
  const nothing = await capture(['set', ledger]);
  assert.equal(nothing.code, 2);
  assert.match(nothing.stderr, /say what to change/);

  const changed = await capture(['set', ledger, '--per-host', '40', '--concurrency', '50', '--rate', 'none', '--json']);
  assert.equal(changed.code, 0, changed.stderr);
  const now = JSON.parse(changed.stdout) as typeof live;
  assert.deepEqual([now.progress.limit, now.hosts[0]?.limit, now.hosts[0]?.perSecond], [50, 40, null]);
  const { code, stderr } = await ended;
  assert.equal(code, 0, stderr);

  const late = await capture(['set', ledger, '--concurrency', '5']);
  assert.equal(late.code, 2);
  assert.match(late.stderr, /no process holds .*urls\.run\.db now/);
  assert.equal((JSON.parse((await capture(['status', '--json', ledger])).stdout) as { live: unknown }).live, null);
});

test('a threshold that is crossed ends a run with status 4 and is named; one that is not changes nothing', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  const urls = Array.from({ length: 20 }, (_, n) => `${lab.url}/status/${n < 5 ? 404 : 200}?n=${n}`);
  const list = await listOf(folder.path, urls);
  const run = (name: string, ...thresholds: string[]) =>
    capture([
      'fetch',
      list,
      '--ledger',
      join(folder.path, name),
      ...thresholds.flatMap((text) => ['--threshold', text]),
    ]);
  const crossed = await run('a.db', 'error_rate > 0.2', 'failed > 100', 'p99 > 0.0 && settled == 20.0');
  assert.equal(crossed.code, 4, crossed.stderr);
  assert.match(crossed.stderr, /threshold crossed: error_rate > 0\.2\n/);
  assert.match(crossed.stderr, /threshold crossed: p99 > 0\.0/);
  assert.doesNotMatch(crossed.stderr, /failed > 100/);
  assert.equal((await run('b.db', 'error_rate > 0.3')).code, 3);
});

for (const [text, message] of [
  ['error_rat > 0.2', /Unknown variable: error_rat/],
  ['error_rate >', /Unexpected token/],
  ['error_rate', /it is a double, not true or false/],
] as const) {
  test(`the threshold '${text}' is refused before anything begins, and what can be compared is named`, async () => {
    await using folder = await temporaryFolder();
    const list = await listOf(folder.path, ['http://127.0.0.1:9/']);
    const { code, stderr } = await capture(['fetch', list, '--threshold', text]);
    assert.equal(code, 2);
    assert.match(stderr, message);
    assert.match(stderr, /Compare settled, done, failed/);
  });
}

test('with --max-errors a run pauses when more items have failed, says so, and can be gone on with', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  await listOf(
    folder.path,
    Array.from({ length: 400 }, (_, n) => `${lab.url}/status/404?n=${n}`),
  );
  const paused = await sluice(['fetch', 'urls.txt', '--max-errors', '10', '--per-host', '2'], { cwd: folder.path });
  assert.equal(paused.code, 5, paused.stderr);
  assert.match(paused.stderr, /paused: 1[1-9] items have failed, more than the 10/);
  assert.ok(lab.hits.total < 30, `${lab.hits.total} requests`);
  const resumed = await sluice(['fetch', 'urls.txt', '--quiet'], { cwd: folder.path });
  assert.equal(resumed.code, 3, resumed.stderr);
  assert.equal(lab.hits.total, 400, 'nothing is asked for twice');
});

test('--loops fetches in threads of their own, with the same results', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  const urls = Array.from({ length: 60 }, (_, n) => `${lab.url}/get?n=${n}`);
  const list = await listOf(folder.path, [...urls, `${lab.url}/status/404`, 'no url']);
  const ledger = (loops: string) => join(folder.path, `${loops}.run.db`);
  for (const loops of ['1', '3']) {
    const run = await capture(['fetch', list, '--ledger', ledger(loops), '--loops', loops, '--quiet']);
    assert.equal(run.code, 3, run.stderr);
  }
  const query =
    "select key, state, class, code, status from outcome union all select 'attempts', count(*), '', '', '' from attempt";
  const read = async (loops: string) => (await capture(['sql', ledger(loops), query, '--json'])).stdout;
  assert.equal((await read('1')).trim().split('\n').length, 63);
  assert.equal(await read('3'), await read('1'));
  const refused = await capture(['fetch', list, '--ledger', ledger('0'), '--loops', '0']);
  assert.equal(refused.code, 2);
});
