import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sleep } from '@sluice/core';
import { defineJob, from } from '@sluice/engine';
import { openReader } from '@sluice/ledger';
import { inTime } from '../support/in-time.ts';
import { start } from '../support/start.ts';
import { statesIn } from '../support/states-in.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

test('a step that does not listen to the cancel cannot hold up the end of a run', async () => {
  await using folder = await temporaryFolder();
  let begun = 0;
  const job = defineJob({
    source: from.iterable([1, 2, 3]),
    step: () => {
      begun++;
      return new Promise(() => {});
    },
  });
  await using run = await start(job, { ledger: folder.path('a.db') });
  await until('all have begun', () => begun === 3);
  run.cut();
  const report = await inTime(run.finished);
  assert.deepEqual([report.state, report.held], ['stopped', 3]);
});

test('a source that waits for ever cannot hold up the end of a run', async () => {
  await using folder = await temporaryFolder();
  for (const end of ['drain', 'cut'] as const) {
    const source = from.iterable(
      (async function* slow() {
        yield 'a';
        await new Promise(() => {});
      })(),
    );
    const job = defineJob({ source, idempotent: true, step: (key) => key });
    await using run = await start(job, { ledger: folder.path(`${end}.db`) });
    await until('the first is done', () => run.progress().done === 1);
    run[end]();
    assert.equal((await inTime(run.finished)).state, 'stopped');
  }
});

test('a count that takes for ever cannot hold up the end of a run', async () => {
  await using folder = await temporaryFolder();
  const source = from.iterable(['a', 'b']);
  const job = defineJob({
    source: {
      facts: () => source.facts(),
      read: (cursor) => source.read(cursor),
      parse: (text) => source.parse(text),
      count: () => new Promise<number>(() => {}),
    },
    concurrency: 1,
    step: () => sleep('1h'),
  });
  await using run = await start(job, { ledger: folder.path('a.db') });
  await until('it has begun', () => run.progress().inFlight === 1);
  run.cut();
  assert.equal((await inTime(run.finished)).state, 'stopped');
});

test('a source that fails lets what is under way come to its end, then the run throws what it threw', async () => {
  await using folder = await temporaryFolder();
  const failure = new Error('the cursor was lost');
  const gate = Promise.withResolvers<void>();
  let begun = 0;
  function* broken(): Generator<string> {
    for (let index = 0; index < 300; index++) {
      // Two batches of 256 are asked for: the first is begun by then.
      if (index === 256) throw failure;
      yield `item ${index}`;
    }
  }
  const job = defineJob({
    source: from.iterable(broken()),
    concurrency: 2,
    step: async () => {
      begun++;
      await gate.promise;
    },
  });
  await using run = await start(job, { ledger: folder.path('a.db') });
  await until('it is draining', () => run.progress().phase === 'draining');
  gate.resolve();
  await assert.rejects(run.finished, (error) => error === failure);
  await using reader = await openReader(folder.path('a.db'));
  assert.equal((await reader.run()).state, 'stopped');
  assert.deepEqual(await statesIn(folder.path('a.db')), begun === 0 ? {} : { done: begun });
});
