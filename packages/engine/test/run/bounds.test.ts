import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '@sluice/core';
import { defineJob, from } from '@sluice/engine';
import { openLedger } from '@sluice/ledger';
import { assembleRun } from '../support/assemble-run.ts';
import { gaugeServer } from '../support/gauge-server.ts';
import { cutAtEnd, start } from '../support/start.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

function urls(base: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${base}/${index}`);
}

test('never more items are under way at once than the job allows, in all and for each host, and as many as that', async () => {
  await using folder = await temporaryFolder();
  const slowly = (_: unknown, response: { end(): void }): void => void setTimeout(() => response.end(), 5);
  await using first = await gaugeServer(slowly);
  await using second = await gaugeServer(slowly);
  const job = defineJob({
    source: from.iterable([...urls(first.url, 120), ...urls(second.url, 60)]),
    idempotent: true,
    concurrency: 6,
    perHost: 4,
    step: async (url, { http }) => (await http.get(url)).status,
  });
  await using handle = await start(job, { ledger: folder.path('a.db') });
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, handle.progress().inFlight);
  }, 1);
  const report = await handle.finished;
  clearInterval(watch);
  assert.equal(report.progress.done, 180);
  assert.equal(first.peak, 4);
  assert.ok(second.peak <= 4, `${second.peak}`);
  assert.equal(most, 6);
});

test('a host that hangs takes its own places and nobody else is held up', async () => {
  await using folder = await temporaryFolder();
  await using hanging = await gaugeServer(() => {});
  await using quick = await gaugeServer((_, response) => void response.end());
  const job = defineJob({
    source: from.iterable([...urls(hanging.url, 50), ...urls(quick.url, 50)]),
    idempotent: true,
    concurrency: 10,
    perHost: 5,
    step: async (url, { http }) => (await http.get(url)).status,
  });
  await using handle = await start(job, { ledger: folder.path('a.db') });
  await until('all of the quick host is done', () => handle.progress().done === 50);
  assert.equal(hanging.requests.length, 5);
  const [worst] = handle.progress().hosts.filter(({ host }) => hanging.url.endsWith(host));
  assert.equal(worst, undefined, 'no attempt of it has ended');
  handle.cut();
  assert.equal((await handle.finished).state, 'stopped');
});

test('a long list is read no further than the window ahead', async () => {
  await using folder = await temporaryFolder();
  let read = 0;
  function* endless(): Generator<number> {
    for (;;) yield read++;
  }
  let begun = 0;
  const open = Promise.withResolvers<void>();
  const job = defineJob({
    source: from.iterable(endless()),
    idempotent: true,
    concurrency: 3,
    step: async () => {
      begun++;
      await open.promise;
    },
  });
  await using handle = await start(job, { ledger: folder.path('a.db') });
  await until('the window is full', () => handle.progress().queued >= 500);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(begun, 3);
  assert.ok(read <= 2500, `${read} items read`);
  handle.drain();
  open.resolve();
  const report = await handle.finished;
  assert.deepEqual([report.state, report.progress.done], ['stopped', 3]);
});

test('while the ledger is behind nothing new begins, and nothing more is read', async () => {
  await using folder = await temporaryFolder();
  const create = { id: 'r', kind: 'job', definition: '{}', seed: 1, inputFingerprint: null };
  const ledger = await openLedger(folder.path('a.db'), { create });
  let isBehind = false;
  let caughtUp = Promise.withResolvers<void>();
  // The real ledger, behind when the test says so.
  const slow = new Proxy(ledger, {
    get(target, name) {
      if (name === 'drained') return () => (isBehind ? caughtUp.promise : undefined);
      const value = Reflect.get(target, name, target) as unknown;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  let read = 0;
  let begun = 0;
  const job = defineJob({
    source: from.iterable(
      (function* items() {
        while (read < 20_000) yield read++;
      })(),
    ),
    idempotent: true,
    step: () => {
      begun++;
      if (begun === 100) isBehind = true;
    },
  });
  await using run = cutAtEnd(await assembleRun(job.options, slow));
  await until('the ledger is behind', () => isBehind);
  await new Promise((resolve) => setTimeout(resolve, 150));
  assert.ok(begun < 200, `${begun} begun`);
  assert.ok(read < 5000, `${read} read`);
  isBehind = false;
  caughtUp.resolve();
  caughtUp = Promise.withResolvers();
  assert.equal((await run.finished).progress.done, 20_000);
});

test('bounds that cannot be are refused before a ledger is made', async () => {
  await using folder = await temporaryFolder();
  for (const options of [{ concurrency: 0 }, { perHost: 1.5 }, { concurrency: Number.NaN }]) {
    const job = defineJob({ source: from.iterable([1]), step: () => 1, ...options });
    await assert.rejects(job.run({ ledger: folder.path('a.db') }), UsageError);
  }
  const job = defineJob({ source: from.iterable([1]), step: () => 1 });
  await assert.rejects(job.run({ ledger: folder.path('a.db'), grace: -1 }), { code: 'SLUICE_INVALID_DURATION' });
  await assert.rejects(openLedger(folder.path('a.db')), { code: 'SLUICE_LEDGER_NOT_FOUND' });
});
