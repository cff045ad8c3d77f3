import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fetchJob, from } from '@sluice/engine';
import { startLab } from '@sluice/lab';
import { openLedger } from '@sluice/ledger';
import { send, untilState } from '../support/client.ts';
import { startService, temporaryFolder } from '../support/with-service.ts';

const RUNS = '/api/v1/runs';

function slow(base: string, count: number, seconds = 0.1): { verb: 'fetch'; urls: string[]; perHost: number } {
  return {
    verb: 'fetch',
    urls: Array.from({ length: count }, (_, n) => `${base}/delay/${seconds}?n=${n}`),
    perHost: 2,
  };
}

test('as many runs go on as may; the others are queued, say their place, and follow', async () => {
  await using lab = await startLab();
  await using service = await startService({ maxRuns: 2 });
  const ids: string[] = [];
  for (let n = 0; n < 4; n++) {
    const { json } = await send(service.url, 'POST', RUNS, { json: slow(lab.url, 8) });
    ids.push(json.id);
    assert.deepEqual([json.state, json.queuePosition], n < 2 ? ['running', null] : ['queued', n - 1]);
  }
  const stopped = await send(service.url, 'POST', `${RUNS}/${ids[2]}/stop`);
  assert.deepEqual([stopped.status, stopped.json.state], [202, 'stopped']);
  assert.equal((await send(service.url, 'GET', `${RUNS}/${ids[3]}`)).json.queuePosition, 1);
  for (const id of [ids[0]!, ids[1]!, ids[3]!]) await untilState(service.url, id, 'complete');
  const resumed = await send(service.url, 'POST', `${RUNS}/${ids[2]}/resume`);
  assert.equal(resumed.status, 202);
  assert.equal((await untilState(service.url, ids[2]!, 'complete')).progress.done, 8);
});

test('a stopped run lets what is under way finish, and goes on where it stopped', async () => {
  await using lab = await startLab();
  await using service = await startService({ grace: '10s' });
  const { json } = await send(service.url, 'POST', RUNS, { json: slow(lab.url, 12, 0.2) });
  while (lab.hits.total < 4) await new Promise((resolve) => setTimeout(resolve, 10));
  await send(service.url, 'POST', `${RUNS}/${json.id}/stop`, { json: {} });
  const stopped = await untilState(service.url, json.id, 'stopped');
  assert.equal(stopped.progress.done, lab.hits.total, 'everything that was begun was finished');
  assert.ok(lab.hits.total < 12);
  assert.deepEqual(stopped.actions, ['resume', 'delete']);
  const resumed = await send(service.url, 'POST', `${RUNS}/${json.id}/resume`);
  assert.equal(resumed.json.progress.done, stopped.progress.done, 'what was done before is not forgotten meanwhile');
  await untilState(service.url, json.id, 'complete');
  assert.equal(lab.hits.total, 12, 'nothing was asked for twice');
});

test('a cut ends what is under way at once', async () => {
  await using lab = await startLab();
  await using service = await startService({ grace: '60s' });
  const { json } = await send(service.url, 'POST', RUNS, { json: slow(lab.url, 4, 30) });
  while (lab.hits.total < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  const draining = await send(service.url, 'POST', `${RUNS}/${json.id}/stop`);
  assert.equal(draining.json.state, 'draining');
  await send(service.url, 'POST', `${RUNS}/${json.id}/stop`, { json: { cut: true } });
  await untilState(service.url, json.id, 'stopped');
});

test('failed items are tried again, all or by class', async () => {
  await using lab = await startLab();
  await using service = await startService();
  const urls = [`${lab.url}/status/404`, `${lab.url}/status/500`, `${lab.url}/status/200`];
  const { json } = await send(service.url, 'POST', RUNS, { json: { verb: 'fetch', urls, retries: 0 } });
  await untilState(service.url, json.id, 'complete');
  const byClass = await send(service.url, 'POST', `${RUNS}/${json.id}/retry`, { json: { classes: ['server'] } });
  assert.deepEqual([byClass.status, byClass.json.marked], [202, 1]);
  await untilState(service.url, json.id, 'complete');
  assert.deepEqual([lab.hits.get('/status/404'), lab.hits.get('/status/500'), lab.hits.get('/status/200')], [1, 2, 1]);
  const nothing = await send(service.url, 'POST', `${RUNS}/${json.id}/retry`, { json: { classes: ['dns'] } });
  assert.deepEqual([nothing.json.marked, nothing.json.run.state], [0, 'complete']);
  const all = await send(service.url, 'POST', `${RUNS}/${json.id}/retry`);
  assert.equal(all.json.marked, 2);
  await untilState(service.url, json.id, 'complete');
  const unknown = await send(service.url, 'POST', `${RUNS}/${json.id}/retry`, { json: { classes: ['nope'] } });
  assert.equal(unknown.status, 400);
});

test('what cannot be done to a run as it stands is refused, and said why', async () => {
  await using lab = await startLab();
  await using service = await startService();
  const { json } = await send(service.url, 'POST', RUNS, { json: slow(lab.url, 2, 20) });
  const live = `${RUNS}/${json.id}`;
  for (const [method, path] of [
    ['DELETE', live],
    ['POST', `${live}/resume`],
    ['POST', `${live}/retry`],
  ] as const) {
    const answer = await send(service.url, method, path);
    assert.deepEqual([answer.status, answer.json.code], [409, 'SLUICE_SERVICE_RUN_LIVE'], path);
  }
  await send(service.url, 'POST', `${live}/stop`, { json: { cut: true } });
  await untilState(service.url, json.id, 'stopped');
  const again = await send(service.url, 'POST', `${live}/stop`);
  assert.deepEqual([again.status, again.json.code], [409, 'SLUICE_SERVICE_RUN_NOT_LIVE']);
  assert.equal((await send(service.url, 'DELETE', live)).status, 204);
  assert.equal((await send(service.url, 'GET', live)).status, 404);
  assert.equal((await send(service.url, 'GET', `${live}/outcomes`)).json.code, 'SLUICE_SERVICE_NO_RUN');
});

test('a service that is closed drains its runs, and the next one finds them and goes on with them', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  const ids: string[] = [];
  {
    await using first = await startService({ folder: folder.path, maxRuns: 1, grace: '5s' });
    for (let n = 0; n < 2; n++) {
      const { json } = await send(first.url, 'POST', RUNS, { json: slow(lab.url, 10, 0.2) });
      ids.push(json.id);
    }
    while (lab.hits.total < 3) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const before = lab.hits.total;
  assert.ok(before < 10);
  await using second = await startService({ folder: folder.path });
  const { json } = await send(second.url, 'GET', RUNS);
  assert.deepEqual(
    json.runs.map((run: { id: string; state: string }) => [run.id, run.state]),
    [
      [ids[1], 'stopped'],
      [ids[0], 'stopped'],
    ],
  );
  assert.equal(json.runs[1].progress.done, before, 'what was under way was finished and recorded');
  for (const id of ids) await send(second.url, 'POST', `${RUNS}/${id}/resume`);
  for (const id of ids) assert.equal((await untilState(second.url, id, 'complete')).progress.done, 10);
});

test('runs that were not started here are shown, and gone on with where that is possible', async () => {
  await using lab = await startLab();
  await using service = await startService();
  const list = join(service.folder, 'urls.txt');
  await writeFile(list, `${lab.url}/status/200\n${lab.url}/status/500\n`);
  const program = fetchJob({ source: from.lines(list), retry: { server: 0 } });
  await program.run({ ledger: join(service.folder, 'a program.run.db') });
  await writeFile(join(service.folder, 'torn.run.db'), 'this is no ledger');

  const { json } = await send(service.url, 'GET', RUNS);
  const byId = new Map(json.runs.map((run: { id: string }) => [run.id, run]));
  const found = byId.get('a program') as { state: string; actions: string[]; progress: { failed: number } };
  assert.deepEqual([found.state, found.actions, found.progress.failed], ['complete', ['delete'], 1]);
  assert.equal((byId.get('torn') as { state: string }).state, 'unreadable');
  const outcomes = await send(service.url, 'GET', `${RUNS}/a%20program/outcomes?state=failed`);
  assert.equal(outcomes.json.outcomes.length, 1);
  const retried = await send(service.url, 'POST', `${RUNS}/a%20program/retry`);
  assert.deepEqual([retried.status, retried.json.code], [409, 'SLUICE_SERVICE_NOT_RESUMABLE']);
  const kept = await send(service.url, 'DELETE', `${RUNS}/torn`);
  assert.equal(kept.json.code, 'SLUICE_SERVICE_UNREADABLE');
});

test('a ledger alone is enough to go on with a fetch, as the command line leaves it', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  let id: string;
  {
    await using first = await startService({ folder: folder.path });
    const { json } = await send(first.url, 'POST', RUNS, { json: slow(lab.url, 10, 0.1) });
    id = json.id;
    while (lab.hits.total < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await rm(join(folder.path, `${id}.run.json`));
  await using second = await startService({ folder: folder.path });
  assert.deepEqual((await send(second.url, 'GET', `${RUNS}/${id}`)).json.actions, ['resume', 'delete']);
  await send(second.url, 'POST', `${RUNS}/${id}/resume`);
  assert.equal((await untilState(second.url, id, 'complete')).progress.done, 10);
});

test('a run that another process holds is left to it', async () => {
  await using lab = await startLab();
  await using service = await startService();
  const { json } = await send(service.url, 'POST', RUNS, {
    json: { verb: 'fetch', urls: [`${lab.url}/status/500`], retries: 0 },
  });
  await untilState(service.url, json.id, 'complete');
  await using _held = await openLedger(join(service.folder, `${json.id}.run.db`));
  for (const [method, path] of [
    ['DELETE', ''],
    ['POST', '/retry'],
  ] as const) {
    const answer = await send(service.url, method, `${RUNS}/${json.id}${path}`);
    assert.deepEqual([answer.status, answer.json.code], [409, 'SLUICE_SERVICE_RUN_ELSEWHERE']);
  }
});

test('a run that cannot be carried on says why', async () => {
  await using service = await startService();
  const list = await send(service.url, 'POST', '/api/v1/lists', {
    body: '# only a comment\n',
    headers: { 'content-type': 'text/plain' },
  });
  const { json } = await send(service.url, 'POST', RUNS, { json: { verb: 'fetch', list: list.json.id } });
  const run = await untilState(service.url, json.id, 'failed');
  assert.equal(run.problem?.code, 'SLUICE_SOURCE_EMPTY');
});

test('a thousand runs are listed page by page, the newest first, each once', async () => {
  await using service = await startService();
  for (let n = 0; n < 1000; n++) {
    const id = `20260101-${String(100_000_000 + n)}-aaaaaaaaaa`;
    await writeFile(
      join(service.folder, `${id}.run.json`),
      JSON.stringify({ version: 1, work: { verb: 'fetch', list: null }, options: {}, idempotency: null }),
    );
  }
  const seen: string[] = [];
  let cursor = '';
  do {
    const { json } = await send(
      service.url,
      'GET',
      `${RUNS}?limit=150${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    seen.push(...json.runs.map((run: { id: string }) => run.id));
    cursor = json.next ?? '';
  } while (cursor !== '');
  assert.equal(new Set(seen).size, 1000);
  assert.deepEqual(seen, [...seen].sort().reverse());
});

test('the bounds of a run that goes on are changed, those of one that waits count from its beginning, and its hosts show their gates', async () => {
  await using lab = await startLab();
  await using service = await startService({ maxRuns: 1 });
  const first = await send(service.url, 'POST', RUNS, { json: { ...slow(lab.url, 200), perHost: 1, rate: '2/s' } });
  const second = await send(service.url, 'POST', RUNS, { json: { ...slow(lab.url, 30, 0), rate: '1/h' } });
  assert.equal(second.json.state, 'queued');
  while (lab.hits.total < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  const { live } = (await send(service.url, 'GET', `${RUNS}/${first.json.id}`)).json.progress;
  assert.deepEqual([live.limit, live.pause, live.isOutage, live.hosts[0].gate.limit], [256, null, false, 1]);
  assert.equal(live.hosts[0].gate.perSecond, 2);

  const change = (id: string, json: unknown) => send(service.url, 'PATCH', `${RUNS}/${id}`, { json });
  const changed = await change(first.json.id, { rate: 'none', perHost: 'auto', concurrency: 50 });
  assert.deepEqual([changed.status, changed.json.progress.live.limit], [200, 50], JSON.stringify(changed.json));
  assert.equal((await change(second.json.id, { rate: 'none', maxErrors: 5 })).status, 200);
  for (const bounds of [{}, { rate: 'quick' }, { perHost: 0 }, { timeout: '5s' }, { delay: 'soon' }]) {
    assert.equal((await change(first.json.id, bounds)).status, 400, JSON.stringify(bounds));
  }
  await untilState(service.url, first.json.id, 'complete');
  await untilState(service.url, second.json.id, 'complete');
  const late = await change(first.json.id, { perHost: 1 });
  assert.deepEqual([late.status, late.json.code], [409, 'SLUICE_SERVICE_RUN_NOT_LIVE']);
});
