import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '@sluice/core';
import { defineJob, fetchJob, from } from '@sluice/engine';
import { allOf } from '../support/all-of.ts';
import { gaugeServer } from '../support/gauge-server.ts';
import { start } from '../support/start.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

function urls(base: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${base}/${index}`);
}

const slowly = (_: unknown, response: { end(text?: string): void }): void =>
  void setTimeout(() => response.end('ok'), 5);

test("the requests of steps whose hosts nobody knew before pass their hosts' gates, and items are bounded by keys of theirs", async () => {
  await using folder = await temporaryFolder();
  await using server = await gaugeServer(slowly);
  const host = new URL(server.url).host;
  const underWay = new Map<number, number>();
  let most = 0;
  const job = defineJob({
    source: from.iterable(Array.from({ length: 120 }, (_, index) => index)),
    idempotent: true,
    concurrency: 60,
    limits: [{ per: (item) => item % 3, concurrency: 4 }],
    http: { hosts: { [host]: { concurrency: 3 } } },
    step: async (item, { http }) => {
      underWay.set(item % 3, (underWay.get(item % 3) ?? 0) + 1);
      most = Math.max(most, ...underWay.values());
      await http.get(`${server.url}/${item}/a`);
      await http.get(new URL(`${server.url}/${item}/b`));
      underWay.set(item % 3, underWay.get(item % 3)! - 1);
    },
  });
  const report = await job.run({ ledger: folder.path('a.db') });
  assert.equal(report.progress.done, 120);
  assert.equal(server.requests.length, 240);
  assert.equal(server.peak, 3);
  assert.equal(most, 4);
});

test('a quota that is used up pauses the run with one message, and costs no item an attempt of its policy', async () => {
  await using folder = await temporaryFolder();
  let isPaid = false;
  await using server = await gaugeServer((_, response) => {
    if (isPaid) response.end('ok');
    else
      response
        .writeHead(429, { 'content-type': 'application/json' })
        .end(JSON.stringify({ error: { code: 'insufficient_quota', message: 'You exceeded your current quota' } }));
  });
  const options = { ledger: folder.path('a.db') };
  const job = fetchJob({
    source: from.iterable(urls(server.url, 40)),
    http: { hosts: { '*': { preset: 'openai' } } },
  });
  const paused = await job.run(options);
  assert.deepEqual([paused.state, paused.progress.failed, paused.progress.pause?.code], ['stopped', 0, 'exhausted']);
  assert.match(paused.progress.pause!.message, /refuses everything.*You exceeded your current quota/);
  assert.ok(server.requests.length <= 2, `${server.requests.length} requests`);
  isPaid = true;
  const report = await job.run(options);
  assert.deepEqual([report.state, report.progress.done], ['complete', 40]);
});

test("GitHub's 403 with nothing remaining is throttling until the time that it names, and fails nothing", async () => {
  await using folder = await temporaryFolder();
  let refused = 0;
  await using server = await gaugeServer((_, response) => {
    if (refused++ > 0) response.end('ok');
    else
      response
        .writeHead(403, {
          'x-ratelimit-remaining': '0',
          'x-ratelimit-limit': '60',
          'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 1),
        })
        .end();
  });
  const job = fetchJob({ source: from.iterable(urls(server.url, 3)), http: { hosts: { '*': { preset: 'github' } } } });
  const report = await job.run({ ledger: folder.path('a.db') });
  assert.deepEqual(report.progress.byClass, { ok: 3 });
});

test('a run whose credentials are refused pauses; one that sends none takes 401 for an answer', async () => {
  await using folder = await temporaryFolder();
  await using server = await gaugeServer((_, response) => void response.writeHead(401).end());
  const source = from.iterable(urls(server.url, 60));
  const paused = await fetchJob({ source, headers: { Authorization: 'Bearer x' } }).run({
    ledger: folder.path('a.db'),
  });
  assert.deepEqual([paused.state, paused.progress.pause?.code], ['stopped', 'unauthorized']);
  assert.ok(paused.progress.failed < 60, `${paused.progress.failed}`);
  const report = await fetchJob({ source }).run({ ledger: folder.path('b.db') });
  assert.deepEqual([report.state, report.progress.failed], ['complete', 60]);
});

test('what steps cost is never more than the cap, and the run can be gone on with', async () => {
  await using folder = await temporaryFolder();
  let spent = 0;
  const job = defineJob({
    source: from.iterable(Array.from({ length: 100 }, (_, index) => index)),
    idempotent: true,
    maxSpend: 10,
    step: async (_, { usage }) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      spent += 0.25;
      usage(100, 0.25);
    },
  });
  const options = { ledger: folder.path('a.db') };
  const paused = await job.run(options);
  assert.deepEqual([paused.state, paused.progress.pause?.code], ['stopped', 'spend']);
  assert.ok(spent > 8 && spent <= 10 + 1e-9, `${spent}`);
  while ((await job.run(options)).state === 'stopped');
  assert.equal(spent, 25);
});

test('a host that stays away is given up: what waits for it fails at once and says that it was not tried, and the others are done', async () => {
  await using folder = await temporaryFolder();
  let isDown = true;
  await using down = await gaugeServer((_, response) => void response.writeHead(isDown ? 503 : 200).end());
  await using up = await gaugeServer(slowly);
  const job = fetchJob({
    // More than is read ahead, so that the host that is up is read only when there is room behind the one that is down.
    source: from.iterable([...urls(down.url, 700), ...urls(up.url, 50)]),
    retry: { attempts: 1 },
    http: { hosts: { [new URL(down.url).host]: { breaker: { openMs: 1500 } } } },
  });
  await using handle = await start(job, { ledger: folder.path('a.db') });
  await until('the host that is up is done', () => handle.progress().done === 50);
  assert.ok(handle.progress().settled < 400, 'the host that is down was not waited for');
  const report = await handle.finished;
  assert.deepEqual([report.state, report.progress.done, report.progress.failed], ['complete', 50, 700]);
  const failed = await allOf(report.outcomes({ state: 'failed' }));
  const untried = failed.filter(({ code }) => code === 'SLUICE_HOST_DOWN');
  assert.ok(untried.length > 600, `${untried.length}`);
  assert.equal(down.requests.length, 700 - untried.length);
  isDown = false;
});

test('bounds of gates that cannot be are refused before a ledger is made', async () => {
  await using folder = await temporaryFolder();
  const source = from.iterable(['http://127.0.0.1:9/']);
  const step = (): number => 1;
  for (const options of [
    { rate: 'quick' },
    { limits: [{ per: (): string => 'x' }] },
    { maxErrors: -1 },
    { maxSpend: 0 },
    { http: { hosts: { a: { concurrency: 0 } } } },
    { http: { hosts: { a: { preset: 'aol' as 'openai' } } } },
  ]) {
    const job = defineJob({ source, step, ...options });
    await assert.rejects(job.run({ ledger: folder.path('a.db') }), UsageError, JSON.stringify(options));
  }
});
