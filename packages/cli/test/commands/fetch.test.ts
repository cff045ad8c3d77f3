import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startLab } from '@sluice/lab';
import { sluice } from '../support/sluice.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function writeList(folder: string, urls: readonly string[]): Promise<void> {
  await writeFile(join(folder, 'urls.txt'), `${urls.join('\n')}\n`);
}

function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('a list that all goes well ends with status 0, its results in a file and only words on stderr', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  await writeList(folder.path, [`${lab.url}/get?n=1`, '# a comment', '', `${lab.url}/bytes/64`, `${lab.url}/get?n=1`]);
  const { code, stdout, stderr } = await sluice(['fetch', 'urls.txt', '-o', 'pages.jsonl'], { cwd: folder.path });
  assert.equal(code, 0, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, /complete: 2 items/);
  assert.match(stderr, /1 line of the list stood there before/);
  assert.match(stderr, /ledger +urls\.run\.db\nresults +pages\.jsonl \(2 items\)/);
  const results = jsonLines(await readFile(join(folder.path, 'pages.jsonl'), 'utf8'));
  assert.deepEqual(
    results.map(({ key, position, state, status }) => ({ key, position, state, status })),
    [
      { key: `${lab.url}/get?n=1`, position: 1, state: 'done', status: 200 },
      { key: `${lab.url}/bytes/64`, position: 4, state: 'done', status: 200 },
    ],
  );
  assert.equal(Buffer.from(results[1]!.bodyBase64 as string, 'base64').length, 64);
});

test('results go to stdout and everything else to stderr', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  const input = `${lab.url}/get\n`;
  const { code, stdout, stderr } = await sluice(['fetch', '-', '-o', '-'], { cwd: folder.path, input });
  assert.equal(code, 0, stderr);
  assert.deepEqual(
    jsonLines(stdout).map((result) => result.key),
    [`${lab.url}/get`],
  );
  assert.deepEqual(
    (await readdir(folder.path)).filter((name) => name.endsWith('.db')),
    ['stdin.run.db'],
  );
});

test('failed items make status 3, and the summary says what failed and what to type next', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  await writeList(folder.path, [`${lab.url}/status/404`, `${lab.url}/get`, 'example.org/a', 'ftp://example.org/']);
  const { code, stderr } = await sluice(['fetch', 'urls.txt'], { cwd: folder.path });
  assert.equal(code, 3);
  assert.match(stderr, /complete: 4 items .*; 3 failed/);
  assert.match(stderr, /client +1 +25\.0 %/);
  assert.match(stderr, /'example\.org\/a' is no URL: write https/);
  assert.match(stderr, /try again: +sluice retry/);
});

test('a run that is complete says so and points to retry and --fresh, and does nothing', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  await writeList(folder.path, [`${lab.url}/status/404`]);
  await sluice(['fetch', 'urls.txt'], { cwd: folder.path });
  const hits = lab.hits.total;
  const { code, stderr } = await sluice(['fetch', 'urls.txt'], { cwd: folder.path });
  assert.equal(code, 3);
  assert.equal(lab.hits.total, hits);
  assert.match(stderr, /complete already: 1 of 1 items; 1 failed/);
  assert.match(stderr, /sluice retry/);
  assert.match(stderr, /sluice fetch urls\.txt --fresh/);
});

test('--fresh begins anew and keeps every earlier ledger', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  await writeList(folder.path, [`${lab.url}/get`]);
  for (const fresh of [[], ['--fresh'], ['--fresh']]) {
    assert.equal((await sluice(['fetch', 'urls.txt', ...fresh], { cwd: folder.path })).code, 0);
  }
  assert.equal(lab.hits.total, 3);
  const ledgers = (await readdir(folder.path)).filter((name) => name.endsWith('.run.db'));
  assert.deepEqual(ledgers.sort(), ['urls.1.run.db', 'urls.2.run.db', 'urls.run.db']);
});

test('a changed list is refused unless that is accepted, and so are changed headers', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  await writeList(folder.path, [`${lab.url}/get`]);
  await sluice(['fetch', 'urls.txt'], { cwd: folder.path });
  const headers = await sluice(['fetch', 'urls.txt', '--header', 'X-A: 1'], { cwd: folder.path });
  assert.equal(headers.code, 2);
  assert.match(headers.stderr, /the headers are not those/);
  await writeList(folder.path, [`${lab.url}/get`, `${lab.url}/ip`]);
  const list = await sluice(['fetch', 'urls.txt'], { cwd: folder.path });
  assert.equal(list.code, 2);
  assert.match(list.stderr, /^sluice: urls\.txt has changed.*--accept-changed-input.*--fresh\)\n$/);
  assert.equal((await sluice(['fetch', 'urls.txt', '--accept-changed-input'], { cwd: folder.path })).code, 0);
});

test('a list that was renamed goes on in its ledger', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  await writeList(folder.path, [`${lab.url}/get`]);
  await sluice(['fetch', 'urls.txt'], { cwd: folder.path });
  await writeFile(join(folder.path, 'list.txt'), await readFile(join(folder.path, 'urls.txt')));
  const { code, stderr } = await sluice(['fetch', 'list.txt', '--ledger', 'urls.run.db'], { cwd: folder.path });
  assert.equal(code, 0, stderr);
  assert.match(stderr, /complete already/);
});

test('a secret is sent to the server, and stands neither in the ledger nor on the screen', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  await writeList(folder.path, [`${lab.url}/bearer?plain=1`, `${lab.url}/status/200`]);
  const args = ['fetch', 'urls.txt', '--header', 'Authorization: Bearer env:API_KEY', '--ledger', 'x.run.db'];
  const { stderr } = await sluice(args, { cwd: folder.path, env: { API_KEY: 's3cr3t-value' } });
  assert.ok(!stderr.includes('s3cr3t-value'));
  const shown = await sluice(['show', 'x.run.db', `${lab.url}/status/200`], { cwd: folder.path });
  assert.match(shown.stdout, /--header 'authorization: Bearer '"\$API_KEY"/);
  const { stdout } = await sluice(['sql', 'x.run.db', 'SELECT definition FROM run'], { cwd: folder.path });
  assert.match(stdout, /Bearer env:API_KEY/);
  assert.ok(!stdout.includes('s3cr3t-value'));
});

test('--json writes the beginning and the end of a run as lines of JSON', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  await writeList(folder.path, [`${lab.url}/get`]);
  const { code, stdout, stderr } = await sluice(['fetch', 'urls.txt', '--json', '-o', 'out.csv'], { cwd: folder.path });
  assert.equal(code, 0);
  assert.equal(stdout, '');
  const events = jsonLines(stderr);
  assert.deepEqual([events[0]!.event, events.at(-1)!.event], ['started', 'finished']);
  assert.equal(events.at(-1)!.exitCode, 0);
  assert.deepEqual(events.at(-1)!.results, { path: 'out.csv', count: 1 });
});

test('--quiet says nothing', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  await writeList(folder.path, [`${lab.url}/status/500`]);
  const { code, stdout, stderr } = await sluice(['fetch', 'urls.txt', '--quiet', '--retries', '0'], {
    cwd: folder.path,
  });
  assert.deepEqual({ code, stdout, stderr }, { code: 3, stdout: '', stderr: '' });
  assert.equal(lab.hits.total, 1);
});

test('--store none keeps how every item ended and no reply, also of what is retried later', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  await writeList(folder.path, [`${lab.url}/bytes/64`, `${lab.url}/fail-times/1?x`]);
  const first = await sluice(['fetch', 'urls.txt', '--store', 'none', '--retries', '0'], { cwd: folder.path });
  assert.equal(first.code, 3, first.stderr);
  const retried = await sluice(['retry', '-o', '-'], { cwd: folder.path });
  assert.equal(retried.code, 0, retried.stderr);
  for (const result of jsonLines(retried.stdout)) {
    assert.deepEqual([result.state, result.status, result.headers, result.bodyBytes], ['done', 200, null, null]);
  }
  const changed = await sluice(['fetch', 'urls.txt'], { cwd: folder.path });
  assert.equal(changed.code, 2, changed.stderr);
});
