import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sleep } from '@sluice/core';
import { defineJob, fetchJob, from } from '@sluice/engine';
import { startLab } from '@sluice/lab';
import { openReader } from '@sluice/ledger';
import { allOf } from '../support/all-of.ts';
import { gaugeServer } from '../support/gauge-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const QUICK = { initial: '1ms' } as const;

test('what fails for the moment is tried again until it ends well, and every attempt is kept with its evidence', async () => {
  await using folder = await temporaryFolder();
  await using lab = await startLab();
  const source = from.iterable([`${lab.url}/fail-times/2`, `${lab.url}/status/404`, `${lab.url}/get`]);
  const report = await fetchJob({ source, retry: QUICK }).run({ ledger: folder.path('a.db') });
  assert.equal(report.state, 'complete');
  const outcomes = await allOf(report.outcomes());
  assert.deepEqual(
    outcomes.map(({ state, class: name, attempts, status }) => [state, name, attempts, status]),
    [
      ['done', 'ok', 3, 200],
      ['failed', 'client', 1, 404],
      ['done', 'ok', 1, 200],
    ],
  );
  assert.deepEqual([lab.hits.get('/fail-times/2'), lab.hits.get('/status/404')], [3, 1]);
  assert.deepEqual([report.progress.attempts, report.progress.retries, report.progress.requests], [5, 2, 5]);
  await using reader = await openReader(report.ledger);
  const attempts = await allOf(reader.rows('SELECT number, class, code FROM attempt WHERE item = 1 ORDER BY number'));
  assert.deepEqual(attempts, [
    { number: 1, class: 'server', code: 'HTTP_503' },
    { number: 2, class: 'server', code: 'HTTP_503' },
    { number: 3, class: 'ok', code: null },
  ]);
});

test('after the last retry the item has failed, with the answer that it got', async () => {
  await using folder = await temporaryFolder();
  await using server = await gaugeServer((_, response) => void response.writeHead(500).end('on fire'));
  const source = from.iterable([`${server.url}/x`]);
  const report = await fetchJob({ source, retry: { ...QUICK, attempts: 3 } }).run({ ledger: folder.path('a.db') });
  const [outcome] = await allOf(report.outcomes({ state: 'failed' }));
  assert.deepEqual(
    [outcome?.class, outcome?.code, outcome?.attempts, outcome?.status, outcome?.text],
    ['server', 'HTTP_500', 3, 500, 'on fire'],
  );
  assert.equal(server.requests.length, 3);
});

test('Retry-After is obeyed: the second request comes no sooner than the server said', async () => {
  await using folder = await temporaryFolder();
  const times: number[] = [];
  await using server = await gaugeServer((_, response) => {
    times.push(performance.now());
    if (times.length === 1) response.writeHead(429, { 'retry-after': '1' }).end();
    else response.end('ok');
  });
  const source = from.iterable([`${server.url}/x`]);
  // Throttling spends no retry: one attempt is all that is allowed.
  const report = await fetchJob({ source, retry: { attempts: 1 } }).run({ ledger: folder.path('a.db') });
  assert.equal(report.progress.done, 1);
  assert.equal(times.length, 2);
  assert.ok(times[1]! - times[0]! >= 990, `${times[1]! - times[0]!} ms`);
});

test('an item that is throttled beyond maxWait fails as throttled', async () => {
  await using folder = await temporaryFolder();
  await using server = await gaugeServer(
    (_, response) => void response.writeHead(429, { 'retry-after': '3000' }).end(),
  );
  const source = from.iterable([`${server.url}/x`]);
  const report = await fetchJob({ source }).run({ ledger: folder.path('a.db') });
  assert.deepEqual(report.progress.byClass, { throttled: 1 });
  assert.equal(server.requests.length, 1);
});

test('while one item waits for its retry the others go on', async () => {
  await using folder = await temporaryFolder();
  const order: string[] = [];
  const job = defineJob({
    source: from.iterable(['waits', ...Array.from({ length: 50 }, (_, index) => `goes ${index}`)]),
    idempotent: true,
    concurrency: 1,
    retry: { step: 1, initial: '300ms' },
    step: (key, { attempt }) => {
      order.push(key);
      if (key === 'waits' && attempt === 1) throw new Error('not yet');
    },
  });
  const report = await job.run({ ledger: folder.path('a.db'), seed: 7 });
  assert.equal(report.progress.done, 51);
  assert.deepEqual([order[0], order.filter((key) => key === 'waits').length], ['waits', 2]);
  assert.ok(order.lastIndexOf('waits') > 1);
});

test('a connection that is reset is tried again when the step is harmless, and a refused one always', async () => {
  await using folder = await temporaryFolder();
  let resets = 0;
  await using server = await gaugeServer((request, response) => {
    if (resets++ === 0) request.socket.resetAndDestroy();
    else response.end('ok');
  });
  const source = from.iterable([`${server.url}/x`]);
  const report = await fetchJob({ source, retry: QUICK }).run({ ledger: folder.path('a.db') });
  assert.deepEqual([report.progress.done, report.progress.retries], [1, 1]);

  const closed = await gaugeServer(() => {});
  await closed[Symbol.asyncDispose]();
  const posting = defineJob({
    source: from.iterable([`${closed.url}/x`]),
    retry: QUICK,
    step: async (url, { http }) => void (await http.post(url)),
  });
  const refused = await posting.run({ ledger: folder.path('b.db') });
  const [outcome] = await allOf(refused.outcomes());
  assert.deepEqual([outcome?.state, outcome?.class, outcome?.attempts], ['failed', 'connect', 5]);
});

test('what is due soon is found while other items are under way: a retry, and what a step emitted', async () => {
  await using folder = await temporaryFolder();
  for (const kind of ['retry', 'emit'] as const) {
    const second = Promise.withResolvers<void>();
    const job = defineJob<string, void>({
      source: from.iterable(['long', 'short']),
      idempotent: true,
      retry: { step: 1, initial: '1ms' },
      step: async (name, { attempt, emit }) => {
        if (name === 'long') await second.promise;
        else if (name === 'child' || attempt === 2) second.resolve();
        else {
          // By then the search has found nothing, and rests.
          await sleep('300ms');
          if (kind === 'retry') throw new Error('once more');
          emit('child');
        }
      },
    });
    const report = await job.run({ ledger: folder.path(`${kind}.db`) });
    assert.equal(report.progress.failed, 0);
    // Without being told, the search for due items looks only every five seconds.
    assert.ok(report.progress.elapsedMs < 4000, `${kind}: ${report.progress.elapsedMs} ms`);
  }
});
