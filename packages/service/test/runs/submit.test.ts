import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { defineJob, from } from '@sluice/engine';
import { startLab } from '@sluice/lab';
import { send, untilState } from '../support/client.ts';
import { startService, temporaryFolder } from '../support/with-service.ts';

const RUNS = '/api/v1/runs';

test('a submitted list is fetched, and every outcome can be read', async () => {
  await using lab = await startLab();
  await using service = await startService();
  const urls = [`${lab.url}/status/200`, `${lab.url}/status/404`, `${lab.url}/html`];
  const submitted = await send(service.url, 'POST', RUNS, {
    json: { verb: 'fetch', urls, concurrency: 2, timeout: '5s' },
  });
  assert.equal(submitted.status, 201);
  assert.equal(submitted.headers.location, `${RUNS}/${submitted.json.id}`);
  assert.deepEqual(submitted.json.options, { concurrency: 2, timeout: '5s' });

  const run = await untilState(service.url, submitted.json.id, 'complete');
  assert.deepEqual([run.progress.done, run.progress.failed, run.progress.total], [2, 1, 3]);
  assert.deepEqual(run.progress.byClass, { ok: 2, client: 1 });
  assert.deepEqual(run.actions, ['retry', 'delete']);
  const { json } = await send(service.url, 'GET', `${RUNS}/${run.id}/outcomes`);
  assert.deepEqual(
    json.outcomes.map((outcome: { key: string; status: number }) => [outcome.key, outcome.status]),
    [
      [urls[0], 200],
      [urls[1], 404],
      [urls[2], 200],
    ],
  );
  const failures = await send(service.url, 'GET', `${RUNS}/${run.id}/failures`);
  assert.equal(failures.json.clusters[0].code, 'HTTP_404');
});

test('an uploaded list is fetched under the name that the service gave it', async () => {
  await using lab = await startLab();
  await using service = await startService();
  const body = `# a comment\n${lab.url}/status/200\n\n${lab.url}/status/204\n`;
  const list = await send(service.url, 'POST', '/api/v1/lists', { body, headers: { 'content-type': 'text/plain' } });
  assert.equal(list.status, 201);
  assert.equal(list.json.bytes, body.length);
  const { json } = await send(service.url, 'POST', RUNS, { json: { verb: 'fetch', list: list.json.id } });
  const run = await untilState(service.url, json.id, 'complete');
  assert.equal(run.progress.done, 2);
  assert.equal(run.list, list.json.id);
});

test('a list that is too long leaves nothing behind, whether its length was told or not', async () => {
  await using service = await startService({ maxListBytes: 100_000 });
  for (const headers of [{ 'content-length': '200000' }, { 'transfer-encoding': 'chunked' }]) {
    const answer = await send(service.url, 'POST', '/api/v1/lists', {
      body: Buffer.alloc(200_000, 'http://a.test/\n'),
      headers: { 'content-type': 'text/plain', ...(headers as Record<string, string>) },
    });
    assert.equal(answer.status, 413);
    assert.equal(answer.json.code, 'SLUICE_SERVICE_TOO_LARGE');
  }
  const empty = await send(service.url, 'POST', '/api/v1/lists', {
    body: '',
    headers: { 'content-type': 'text/plain' },
  });
  assert.equal(empty.json.code, 'SLUICE_SERVICE_EMPTY_LIST');
  assert.deepEqual(await readdir(`${service.folder}/lists`), []);
});

test('a registered job is run by its name', async () => {
  const double = defineJob({
    kind: 'double',
    source: from.iterable([1, 2, 3]),
    idempotent: true,
    step: async (n: number) => n * 2,
  });
  await using service = await startService({ jobs: { double } });
  const { json } = await send(service.url, 'POST', RUNS, { json: { job: 'double', concurrency: 1 } });
  const run = await untilState(service.url, json.id, 'complete');
  assert.deepEqual([run.kind, run.job, run.progress.done], ['double', 'double', 3]);
  const outcomes = await send(service.url, 'GET', `${RUNS}/${run.id}/outcomes?body=true`);
  assert.deepEqual(
    outcomes.json.outcomes.map((outcome: { value: number }) => outcome.value),
    [2, 4, 6],
  );
});

test('the same Idempotency-Key gives the same run, at once and after a restart; another body is refused', async () => {
  await using lab = await startLab();
  const submission = { verb: 'fetch', urls: [`${lab.url}/status/200`] };
  const headers = { 'idempotency-key': 'order-7' };
  await using folder = await temporaryFolder();
  let id: string;
  {
    await using first = await startService({ folder: folder.path });
    const answers = await Promise.all(
      [1, 2, 3].map(() => send(first.url, 'POST', RUNS, { json: submission, headers })),
    );
    assert.deepEqual(new Set(answers.map((answer) => answer.status)), new Set([201]));
    assert.equal(new Set(answers.map((answer) => answer.json.id)).size, 1);
    assert.equal(answers.filter((answer) => answer.headers['idempotency-replayed'] === 'true').length, 2);
    id = answers[0]!.json.id;
    await untilState(first.url, id, 'complete');
  }
  await using second = await startService({ folder: folder.path });
  const again = await send(second.url, 'POST', RUNS, { json: submission, headers });
  assert.equal(again.json.id, id);
  const other = await send(second.url, 'POST', RUNS, { json: { ...submission, retries: 1 }, headers });
  assert.deepEqual([other.status, other.json.code], [422, 'SLUICE_SERVICE_IDEMPOTENCY']);
  assert.equal(lab.hits.get('/status/200'), 1);

  await send(second.url, 'DELETE', `${RUNS}/${id}`);
  const fresh = await send(second.url, 'POST', RUNS, { json: submission, headers });
  assert.notEqual(fresh.json.id, id);
  await untilState(second.url, fresh.json.id, 'complete');
  await send(second.url, 'DELETE', `${RUNS}/${fresh.json.id}`);
  assert.deepEqual(await readdir(folder.path), ['lists'], 'a deleted run leaves no file');
});

const MALFORMED: readonly [string, unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['a text', 'fetch'],
  ['no verb', {}],
  ['another verb', { verb: 'crawl', urls: ['http://a.test/'] }],
  ['no URL', { verb: 'fetch', urls: [] }],
  ['URLs that are no list', { verb: 'fetch', urls: 'http://a.test/' }],
  ['a number among the URLs', { verb: 'fetch', urls: [1] }],
  ['a file URL', { verb: 'fetch', urls: ['file:///etc/passwd'] }],
  ['a script URL', { verb: 'fetch', urls: ['javascript:alert(1)'] }],
  ['two lines in one URL', { verb: 'fetch', urls: ['http://a.test/\nhttp://b.test/'] }],
  ['a URL with a blank', { verb: 'fetch', urls: ['http://a.test/ x'] }],
  ['a URL without an end', { verb: 'fetch', urls: [`http://a.test/${'x'.repeat(9000)}`] }],
  ['10,001 URLs', { verb: 'fetch', urls: Array.from({ length: 10_001 }, (_, n) => `http://a/${n}`) }],
  ['both URLs and a list', { verb: 'fetch', urls: ['http://a.test/'], list: 'x' }],
  ['no concurrency', { verb: 'fetch', urls: ['http://a.test/'], concurrency: 0 }],
  ['half a request at once', { verb: 'fetch', urls: ['http://a.test/'], perHost: 1.5 }],
  ['a timeout that is no duration', { verb: 'fetch', urls: ['http://a.test/'], timeout: 'soon' }],
  ['negative retries', { verb: 'fetch', urls: ['http://a.test/'], retries: -1 }],
  ['headers of its own', { verb: 'fetch', urls: ['http://a.test/'], headers: { cookie: 'x' } }],
  ['a ledger of its own', { verb: 'fetch', urls: ['http://a.test/'], ledger: '/tmp/x' }],
  ['a job and a verb', { job: 'x', verb: 'fetch' }],
  ['a prototype', { verb: 'fetch', urls: ['http://a.test/'], constructor: {} }],
];

test('malformed submissions are refused with a problem that says what is wrong, and leave nothing behind', async (t) => {
  await using service = await startService();
  for (const [name, json] of MALFORMED) {
    await t.test(name, async () => {
      const body = json === undefined ? '' : JSON.stringify(json);
      const answer = await send(service.url, 'POST', RUNS, { body, headers: { 'content-type': 'application/json' } });
      assert.equal(answer.status, 400, answer.text);
      assert.match(answer.headers['content-type']!, /^application\/problem\+json/);
      assert.equal(answer.json.code, 'SLUICE_SERVICE_INVALID');
      assert.notEqual(answer.json.detail, '');
    });
  }
  const broken = await send(service.url, 'POST', RUNS, {
    body: '{"verb":',
    headers: { 'content-type': 'application/json' },
  });
  assert.deepEqual([broken.status, broken.json.code], [400, 'SLUICE_SERVICE_INVALID']);
  const form = await send(service.url, 'POST', RUNS, {
    body: 'a=1',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  assert.deepEqual([form.status, form.json.code], [415, 'SLUICE_SERVICE_MEDIA_TYPE']);
  const long = await send(service.url, 'POST', RUNS, {
    body: ' '.repeat(1_100_000),
    headers: { 'content-type': 'application/json' },
  });
  assert.deepEqual([long.status, long.json.code], [413, 'SLUICE_SERVICE_TOO_LARGE']);
  assert.match(String(long.json.detail), /longer than 1 MiB: upload a long list to \/api\/v1\/lists/);
  for (const name of ['x', 'constructor', '__proto__', 'toString']) {
    const unknown = await send(service.url, 'POST', RUNS, { json: { job: name } });
    assert.deepEqual([unknown.status, unknown.json.code], [422, 'SLUICE_SERVICE_NO_JOB'], name);
  }
  for (const list of ['x', '../../etc/passwd', '..', '/etc/passwd', '20261123-145020606-q46rhhj4cn', '']) {
    const unknown = await send(service.url, 'POST', RUNS, { json: { verb: 'fetch', list } });
    assert.deepEqual([unknown.status, unknown.json.code], [422, 'SLUICE_SERVICE_NO_LIST'], list);
  }
  assert.deepEqual((await send(service.url, 'GET', RUNS)).json, { runs: [], next: null });
  assert.deepEqual(await readdir(service.folder), ['lists']);
});

test('what a run was submitted as is kept without secrets, for its owner only', async () => {
  await using lab = await startLab();
  await using service = await startService();
  const { json } = await send(service.url, 'POST', RUNS, {
    json: { verb: 'fetch', urls: [`${lab.url}/status/200`], retries: 2 },
  });
  await untilState(service.url, json.id, 'complete');
  const recipe = JSON.parse(await readFile(`${service.folder}/${json.id}.run.json`, 'utf8'));
  assert.deepEqual(recipe, {
    version: 1,
    work: { verb: 'fetch', list: null },
    options: { retries: 2 },
    idempotency: null,
  });
});
