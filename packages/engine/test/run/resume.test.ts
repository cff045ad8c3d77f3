import assert from 'node:assert/strict';
import { appendFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { defineJob, EngineError, fetchJob, from, type ItemSource, type JobOptions } from '@sluice/engine';
import { openLedger, openReader } from '@sluice/ledger';
import { allOf } from '../support/all-of.ts';
import { start } from '../support/start.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

function recording(source: ItemSource<string>, done: string[], more: Partial<JobOptions<string, void>> = {}) {
  return defineJob<string, void>({
    source,
    idempotent: true,
    definition: { version: 1 },
    concurrency: 4,
    step: (key) => void done.push(key),
    ...more,
  });
}

test('a stopped run goes on behind what is done: every line is worked on once, in any number of sessions', async () => {
  await using folder = await temporaryFolder();
  const list = folder.path('list.txt');
  const lines = Array.from({ length: 5000 }, (_, index) => `line ${index}`);
  await writeFile(list, lines.join('\r\n'));
  const done: string[] = [];
  let sessions = 0;
  for (let isComplete = false; !isComplete; sessions++) {
    await using run = await start(recording(from.lines(list), done), { ledger: folder.path('a.db') });
    assert.equal(run.resumed, sessions > 0);
    const stopAt = done.length + 700;
    await until('some are done', () => done.length >= stopAt || run.progress().phase === 'finished');
    run.drain();
    const report = await run.finished;
    isComplete = report.progress.done === 5000;
    // A run that is stopped at once does not wait until its list is counted.
    if (isComplete) assert.equal(report.progress.total, 5000);
    else assert.ok([null, 5000].includes(report.progress.total));
  }
  assert.ok(sessions > 2, `${sessions} sessions`);
  assert.deepEqual(done.toSorted(), lines.toSorted());
});

test('run again when it is complete, it does nothing and says so', async () => {
  await using folder = await temporaryFolder();
  const done: string[] = [];
  const job = recording(from.iterable(['a', 'b']), done);
  const first = await job.run({ ledger: folder.path('a.db') });
  assert.deepEqual([first.state, first.wasComplete, first.progress.done], ['complete', false, 2]);
  const again = await job.run({ ledger: folder.path('a.db') });
  assert.deepEqual(
    [again.state, again.wasComplete, again.progress.done, again.runId],
    ['complete', true, 2, first.runId],
  );
  assert.equal(done.length, 2);
});

test('failed items that a person marked are tried again, and are not taken for a complete run', async () => {
  await using folder = await temporaryFolder();
  let isBroken = true;
  const job = defineJob({
    source: from.iterable(['a', 'b']),
    step: (key) => {
      if (isBroken && key === 'b') throw new Error('broken');
    },
  });
  const first = await job.run({ ledger: folder.path('a.db') });
  assert.deepEqual([first.progress.done, first.progress.failed], [1, 1]);
  isBroken = false;
  await using ledger = await openLedger(folder.path('a.db'));
  assert.equal(await ledger.transition({ from: 'failed', to: 'pending', resetPolicy: true }), 1);
  await ledger.close();
  const second = await job.run({ ledger: folder.path('a.db') });
  assert.deepEqual([second.wasComplete, second.progress.done, second.progress.failed], [false, 2, 0]);
  const [, outcome] = await allOf(second.outcomes());
  assert.equal(outcome?.attempts, 2);
});

test('keys that stand twice are one item, and both lines are named', async () => {
  await using folder = await temporaryFolder();
  const list = folder.path('list.txt');
  await writeFile(list, 'a\nb\n# c\na\nb\na\n');
  const done: string[] = [];
  const job = recording(from.lines(list), done);
  const report = await job.run({ ledger: folder.path('a.db') });
  assert.deepEqual([report.progress.done, report.progress.duplicates, report.progress.total], [2, 3, 2]);
  assert.deepEqual(done, ['a', 'b']);
  const again = await job.run({ ledger: folder.path('a.db') });
  assert.deepEqual([again.wasComplete, again.progress.done, again.progress.total], [true, 2, 2]);
  await using reader = await openReader(folder.path('a.db'));
  assert.deepEqual(await allOf(reader.rows('SELECT total FROM run')), [{ total: 2 }]);
  assert.deepEqual(await allOf(reader.rows('SELECT * FROM duplicate ORDER BY position')), [
    { position: 4, key: 'a', first_position: 1 },
    { position: 5, key: 'b', first_position: 2 },
    { position: 6, key: 'a', first_position: 1 },
  ]);
});

test('duplicates are counted once, however often the list is read', async () => {
  await using folder = await temporaryFolder();
  const done: string[] = [];
  const items = ['a', 'b', 'a', 'c', 'a', 'd'];
  const gate = Promise.withResolvers<void>();
  const stuck = recording(from.iterable(items), done, {
    // What waits behind the stuck one has no record: the list is read again.
    concurrency: 1,
    step: async (key) => {
      if (key === 'c') await gate.promise;
    },
  });
  await using run = await start(stuck, { ledger: folder.path('a.db') });
  await until('two are done', () => run.progress().done === 2);
  run.cut();
  const cut = await run.finished;
  assert.deepEqual([cut.progress.duplicates, cut.progress.total], [2, 4]);
  const report = await recording(from.iterable(items), done).run({ ledger: folder.path('a.db') });
  assert.deepEqual([report.progress.done, report.progress.duplicates, report.progress.total], [4, 2, 4]);
  assert.deepEqual(done.toSorted(), ['c', 'd']);
});

test('bad lines have outcomes of their own that name the line, and the others are done', async () => {
  await using folder = await temporaryFolder();
  const list = folder.path('rows.jsonl');
  await writeFile(list, '{"id":"x"}\n{"id":\n{"id":null}\n{"id":3}\n{"id":"y"}');
  const job = defineJob<{ id: string }, string>({
    source: from.jsonl(list),
    key: (row) => row.id,
    step: (row) => `did ${row.id}`,
  });
  const report = await job.run({ ledger: folder.path('a.db') });
  const outcomes = await allOf(report.outcomes());
  assert.deepEqual(
    outcomes.map(({ position, key, state, class: name, code }) => [position, key, state, name, code]),
    [
      [1, 'x', 'done', 'ok', null],
      [2, 'line 2', 'failed', 'input', 'SLUICE_INPUT_JSON'],
      [3, 'line 3', 'failed', 'input', 'SLUICE_INPUT_KEY'],
      [4, '3', 'done', 'ok', null],
      [5, 'y', 'done', 'ok', null],
    ],
  );
  assert.match(outcomes[1]?.message ?? '', /^line 2: /);
  assert.match(outcomes[2]?.message ?? '', /^line 3: the key of an item must be a text/);
});

test('a bad line that is marked to be tried again fails again, with its number; no step ever sees it', async () => {
  await using folder = await temporaryFolder();
  const list = folder.path('list.txt');
  await writeFile(list, Buffer.concat([Buffer.from('good\n'), Buffer.from([0xff, 10])]));
  const done: string[] = [];
  const job = recording(from.lines(list), done);
  await job.run({ ledger: folder.path('a.db') });
  await using ledger = await openLedger(folder.path('a.db'));
  assert.equal(await ledger.transition({ from: 'failed', to: 'pending' }), 1);
  await ledger.close();
  const report = await job.run({ ledger: folder.path('a.db') });
  const [outcome] = await allOf(report.outcomes({ state: 'failed' }));
  assert.deepEqual([outcome?.class, outcome?.code, outcome?.attempts], ['input', 'SLUICE_INPUT_LOST', 2]);
  assert.match(outcome?.message ?? '', /^line 2: /);
  assert.deepEqual(done, ['good']);
});

test("what a job's host or key function throws or gives wrongly fails its item alone", async () => {
  await using folder = await temporaryFolder();
  const job = defineJob<string, string>({
    source: from.iterable(['good', 'no host', 'throws']),
    host: (name) => {
      if (name === 'throws') throw new Error('no such tenant');
      return name === 'good' ? 'h' : (undefined as unknown as string);
    },
    step: (name) => name,
  });
  const report = await job.run({ ledger: folder.path('a.db') });
  const outcomes = await allOf(report.outcomes());
  assert.deepEqual(
    outcomes.map(({ host, class: name, code }) => [host, name, code]),
    [
      ['h', 'ok', null],
      ['', 'input', 'SLUICE_INPUT_HOST'],
      ['', 'input', 'SLUICE_STEP'],
    ],
  );
});

test('a changed list is refused; accepted, it is read from its beginning, and what is new in it is done', async () => {
  await using folder = await temporaryFolder();
  const list = folder.path('list.txt');
  await writeFile(list, 'a\nb\n');
  const done: string[] = [];
  const job = recording(from.lines(list), done);
  const options = { ledger: folder.path('a.db') };
  await job.run(options);
  await appendFile(list, 'c\nd\n');
  await assert.rejects(job.run(options), { code: 'SLUICE_INPUT_CHANGED' });
  const report = await job.run({ ...options, acceptChangedInput: true });
  assert.deepEqual([report.state, report.progress.done, report.progress.total], ['complete', 4, 4]);
  assert.deepEqual(done, ['a', 'b', 'c', 'd']);
  assert.equal((await job.run(options)).wasComplete, true, 'the changed list is the list now');
});

test('a changed job is refused, and goes on when the change is accepted; its speed is no change', async () => {
  await using folder = await temporaryFolder();
  const done: string[] = [];
  const options = { ledger: folder.path('a.db') };
  const source = from.iterable(['a']);
  await recording(source, done).run(options);
  await recording(source, done, { concurrency: 1, timeout: '1s', retry: { server: 0 } }).run(options);
  const changed = recording(source, done, { definition: { version: 2 } });
  await assert.rejects(changed.run(options), { code: 'SLUICE_DEFINITION_CHANGED' });
  await assert.rejects(recording(source, done, { idempotent: false }).run(options), {
    code: 'SLUICE_DEFINITION_CHANGED',
  });
  assert.equal((await changed.run({ ...options, acceptChangedDefinition: true })).state, 'complete');
  assert.equal((await changed.run(options)).wasComplete, true);
  // Without a definition of its own a job is told by its functions.
  const told = defineJob({ source, step: () => 1 });
  await told.run({ ledger: folder.path('b.db') });
  await assert.rejects(defineJob({ source, step: () => 2 }).run({ ledger: folder.path('b.db') }), {
    code: 'SLUICE_DEFINITION_CHANGED',
  });
});

test('a refused run leaves the ledger free', async () => {
  await using folder = await temporaryFolder();
  const done: string[] = [];
  const options = { ledger: folder.path('a.db') };
  await recording(from.iterable(['a']), done).run(options);
  await assert.rejects(recording(from.iterable(['a']), done, { definition: { version: 2 } }).run(options));
  await using ledger = await openLedger(folder.path('a.db'));
  assert.equal(ledger.run.state, 'complete');
});

test('a second run on a ledger that is being written is refused, and the first goes on', async () => {
  await using folder = await temporaryFolder();
  const gate = Promise.withResolvers<void>();
  const job = defineJob({ source: from.iterable([1]), step: () => gate.promise });
  await using run = await start(job, { ledger: folder.path('a.db') });
  await assert.rejects(job.run({ ledger: folder.path('a.db') }), { code: 'SLUICE_LEDGER_BUSY' });
  gate.resolve();
  assert.equal((await run.finished).progress.done, 1);
});

test('items in doubt are held by default, tried again or given up when a person says so', async () => {
  await using folder = await temporaryFolder();
  let isBroken = true;
  const job = defineJob({
    source: from.iterable(['a', 'b']),
    retry: { timeout: 0 },
    timeout: '50ms',
    step: () => (isBroken ? new Promise<string>(() => {}) : 'done'),
  });
  for (const [policy, expected] of [
    ['hold', { done: 0, failed: 0, held: 2 }],
    ['retry', { done: 2, failed: 0, held: 0 }],
    ['fail', { done: 0, failed: 2, held: 0 }],
  ] as const) {
    isBroken = true;
    const options = { ledger: folder.path(`${policy}.db`) };
    const first = await job.run(options);
    assert.deepEqual([first.state, first.held], ['complete', 2]);
    isBroken = false;
    const report = await job.run({ ...options, inDoubt: policy });
    const { done, failed } = report.progress;
    assert.deepEqual({ done, failed, held: report.held }, expected, policy);
  }
});

test('a list without an item is refused before a ledger is made', async () => {
  await using folder = await temporaryFolder();
  const list = folder.path('list.txt');
  await writeFile(list, '# urls\n\n');
  const job = fetchJob({ source: from.lines(list) });
  await assert.rejects(
    job.run({ ledger: folder.path('a.db') }),
    (error) => error instanceof EngineError && error.code === 'SLUICE_SOURCE_EMPTY',
  );
  await assert.rejects(openReader(folder.path('a.db')), { code: 'SLUICE_LEDGER_NOT_FOUND' });
  await appendFile(list, 'nonsense\n');
  assert.equal((await job.run({ ledger: folder.path('a.db') })).progress.failed, 1);
});

test('a program that has nothing to do has no error: an empty iterable is a complete run', async () => {
  await using folder = await temporaryFolder();
  const report = await recording(from.iterable([]), []).run({ ledger: folder.path('a.db') });
  assert.deepEqual([report.state, report.progress.settled, report.progress.total], ['complete', 0, 0]);
});
