import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cancelScope, sleep } from '@sluice/core';
import { defineJob, from, type Job } from '@sluice/engine';
import { type Intent, openLedger, openReader } from '@sluice/ledger';
import { allOf } from '../support/all-of.ts';
import { assembleRun } from '../support/assemble-run.ts';
import { type GaugeServer, gaugeServer } from '../support/gauge-server.ts';
import { inTime } from '../support/in-time.ts';
import { start } from '../support/start.ts';
import { statesIn } from '../support/states-in.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

/** GETs or POSTs `count` URLs of a server. */
function requests(server: GaugeServer, method: 'GET' | 'POST', count: number): Job<string, number> {
  return defineJob({
    source: from.iterable(Array.from({ length: count }, (_, index) => `${server.url}/${index}`)),
    idempotent: method === 'GET',
    concurrency: 8,
    perHost: 8,
    retry: { initial: '1ms' },
    step: async (url, { http }) => (await http.request(method, url)).status,
  });
}

test('drain begins nothing new and lets what is under way come to its end', async () => {
  await using folder = await temporaryFolder();
  const gate = Promise.withResolvers<void>();
  await using server = await gaugeServer(async (_, response) => {
    await gate.promise;
    response.end();
  });
  await using run = await start(requests(server, 'POST', 50), { ledger: folder.path('a.db') });
  await until('eight are under way', () => server.requests.length === 8);
  run.drain();
  run.drain();
  assert.equal(run.progress().phase, 'draining');
  assert.ok((run.progress().drainLeftMs ?? 0) > 5000);
  gate.resolve();
  const report = await run.finished;
  assert.deepEqual([report.state, report.progress.done, report.held], ['stopped', 8, 0]);
  assert.equal(server.requests.length, 8);
  assert.equal(report.progress.phase, 'finished');
  assert.deepEqual(await statesIn(report.ledger), { done: 8 });
});

test('what is not done when the grace is over is cut', async () => {
  await using folder = await temporaryFolder();
  await using server = await gaugeServer(() => {});
  await using run = await start(requests(server, 'GET', 50), { ledger: folder.path('a.db'), grace: '200ms' });
  await until('eight are under way', () => server.requests.length === 8);
  run.drain();
  const report = await inTime(run.finished);
  assert.deepEqual([report.state, report.progress.done], ['stopped', 0]);
});

test('a cut puts idempotent items back, leaves no socket open, and the next run does them', async () => {
  await using folder = await temporaryFolder();
  let hangs = true;
  await using server = await gaugeServer((_, response) => {
    if (!hangs) response.end();
  });
  await using run = await start(requests(server, 'GET', 50), { ledger: folder.path('a.db') });
  await until('eight are under way', () => server.requests.length === 8);
  run.cut();
  run.cut();
  const report = await inTime(run.finished);
  assert.equal(report.state, 'stopped');
  assert.deepEqual(await statesIn(report.ledger), { pending: 8 });
  await until('every socket is closed', () => server.openSockets.size === 0);
  const outcomes = await allOf(report.outcomes());
  assert.deepEqual([...new Set(outcomes.map((outcome) => outcome.class))], ['cancelled']);

  hangs = false;
  const resumed = await requests(server, 'GET', 50).run({ ledger: folder.path('a.db') });
  assert.deepEqual([resumed.state, resumed.progress.done], ['complete', 50]);
  assert.equal(server.requests.length, 58);
});

test('a cut holds every POST that is under way, and none of them is ever sent again by itself', async () => {
  await using folder = await temporaryFolder();
  let hangs = true;
  await using server = await gaugeServer((_, response) => {
    if (!hangs) response.end();
  });
  const options = { ledger: folder.path('a.db') };
  await using run = await start(requests(server, 'POST', 50), options);
  await until('eight are under way', () => server.requests.length === 8);
  run.cut();
  const report = await inTime(run.finished);
  assert.equal(report.held, 8);
  assert.deepEqual(await statesIn(report.ledger), { 'in-doubt': 8 });
  await until('every socket is closed', () => server.openSockets.size === 0);

  hangs = false;
  const held = await requests(server, 'POST', 50).run(options);
  assert.deepEqual([held.state, held.progress.done, held.held], ['complete', 42, 8]);
  assert.equal(server.requests.length, 50);
  const retried = await requests(server, 'POST', 50).run({ ...options, inDoubt: 'retry' });
  assert.deepEqual([retried.progress.done, retried.held], [50, 0]);
  assert.equal(server.requests.length, 58);
});

test('a cut while attempts are being announced begins none of them, and none is held', async () => {
  await using folder = await temporaryFolder();
  let begun = 0;
  const job = defineJob({
    source: from.iterable(Array.from({ length: 20 }, (_, index) => index)),
    concurrency: 4,
    step: () => {
      begun++;
    },
  });
  await using run = await start(job, { ledger: folder.path('a.db') });
  await until('four are being announced', () => run.progress().inFlight === 4 || run.progress().settled > 0);
  const before = begun;
  run.cut();
  const report = await run.finished;
  assert.equal(begun, before, 'a step began after the cut');
  assert.equal(report.held, 0);
  assert.equal(report.progress.done, begun);
  const resumed = await job.run({ ledger: folder.path('a.db') });
  assert.deepEqual([resumed.progress.done, resumed.held, begun], [20, 0, 20]);
});

test('items that were taken from the ledger and not begun are given back: nothing is left leased', async () => {
  await using folder = await temporaryFolder();
  let begun = 0;
  const job = defineJob<string, unknown>({
    source: from.iterable(['parent']),
    concurrency: 2,
    step: (name, { emit }) => {
      if (name !== 'parent') {
        begun++;
        return sleep('1h');
      }
      for (let index = 0; index < 50; index++) emit(`child ${index}`);
      return 'found';
    },
  });
  for (const end of ['cut', 'drain'] as const) {
    const options = { ledger: folder.path(`${end}.db`), grace: '50ms' } as const;
    begun = 0;
    await using run = await start(job, options);
    await until('two children have begun, and the others wait', () => begun === 2 && run.progress().queued === 48);
    run[end]();
    await run.finished;
    assert.deepEqual(await statesIn(options.ledger), { done: 1, 'in-doubt': 2, pending: 48 }, end);
  }
});

test('an attempt that was announced and never begun costs the item none of its retries, and gives none back', async () => {
  await using folder = await temporaryFolder();
  const create = { id: 'r', kind: 'job', definition: '{}', seed: 1, inputFingerprint: null };
  const ledger = await openLedger(folder.path('a.db'), { create });
  let announced = 0;
  const cutBetween = new Proxy(ledger, {
    get(target, name) {
      if (name === 'intent') {
        return async (intent: Intent) => {
          await target.intent(intent);
          if (++announced === 2) run.cut();
        };
      }
      const value = Reflect.get(target, name, target) as unknown;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  let begun = 0;
  const job = defineJob({
    source: from.iterable(['a']),
    retry: { step: 3, initial: '1ms' },
    step: () => {
      begun++;
      throw new Error('not yet');
    },
  });
  const run = await assembleRun(job.options, cutBetween);
  await run.finished;
  assert.equal(begun, 1);
  await using reader = await openReader(folder.path('a.db'));
  const [item] = await allOf(reader.rows('SELECT state, attempts, spent FROM item'));
  assert.deepEqual(item, { state: 'pending', attempts: 2, spent: '{"retries":{"step":1},"throttledMs":0}' });
});

test("the caller's signal cuts, also when it was aborted before the run began", async () => {
  await using folder = await temporaryFolder();
  await using server = await gaugeServer(() => {});
  const controller = new AbortController();
  await using run = await start(requests(server, 'GET', 10), {
    ledger: folder.path('a.db'),
    signal: controller.signal,
  });
  await until('some are under way', () => server.requests.length === 8);
  controller.abort();
  assert.equal((await inTime(run.finished)).state, 'stopped');

  const before = server.requests.length;
  const aborted = await requests(server, 'GET', 10).run({
    ledger: folder.path('b.db'),
    signal: AbortSignal.abort(),
  });
  assert.deepEqual([aborted.state, aborted.progress.attempts], ['stopped', 0]);
  assert.equal(server.requests.length, before);
});

test('a run inside a scope that is cancelled ends with it', async () => {
  await using folder = await temporaryFolder();
  await using server = await gaugeServer(() => {});
  const job = requests(server, 'POST', 20);
  await cancelScope(async (scope) => {
    const running = job.run({ ledger: folder.path('a.db') });
    await until('eight are under way', () => server.requests.length === 8);
    scope.cancel('enough');
    await running;
  });
  assert.deepEqual(await statesIn(folder.path('a.db')), { 'in-doubt': 8 });
  await using reader = await openReader(folder.path('a.db'));
  assert.equal((await reader.run()).state, 'stopped');
});

test('work that is complete when the cut comes counts: its outcome is kept', async () => {
  await using folder = await temporaryFolder();
  const began = Promise.withResolvers<void>();
  const job = defineJob({
    source: from.iterable(['a']),
    step: async (_, { scope }) => {
      began.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      scope.signal.addEventListener('abort', () => setTimeout(resolve, 20));
      await promise;
      return 'saved';
    },
  });
  await using run = await start(job, { ledger: folder.path('a.db') });
  await began.promise;
  run.cut();
  const report = await run.finished;
  const [outcome] = await allOf(report.outcomes());
  assert.deepEqual([outcome?.state, outcome?.value], ['done', 'saved']);
});

test('a run that is complete leaves no connection open', async () => {
  await using folder = await temporaryFolder();
  await using server = await gaugeServer((_, response) => void response.end());
  const { options } = requests(server, 'GET', 20);
  const report = await defineJob({ ...options, http: { keepAliveMs: 600_000 } }).run({ ledger: folder.path('a.db') });
  assert.equal(report.progress.done, 20);
  await until('every socket is closed', () => server.openSockets.size === 0);
});

test('stopping a run that has ended already does nothing', async () => {
  await using folder = await temporaryFolder();
  const job = defineJob({ source: from.iterable([1]), step: () => 1 });
  const run = await job.start({ ledger: folder.path('a.db') });
  const report = await run.finished;
  run.drain();
  run.cut();
  assert.equal(report.state, 'complete');
  assert.equal(run.progress().done, 1);
});
