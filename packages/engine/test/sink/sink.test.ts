import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, test } from 'node:test';
import { connect, type Sink, type SinkRow, to } from '@sluice/databases';
import { closeOffload } from '@sluice/offload';
import { defineJob, from } from '../../src/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

after(() => closeOffload());

/** A sink that keeps its rows, and refuses when it is told to. */
class ListSink implements Sink {
  readonly rows: SinkRow[] = [];
  batches = 0;
  closed = 0;
  refuseAt = Number.POSITIVE_INFINITY;

  async write(rows: readonly SinkRow[]): Promise<void> {
    if (++this.batches >= this.refuseAt) throw new Error('the database is down');
    this.rows.push(...rows);
  }

  async close(): Promise<void> {
    this.closed++;
  }
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

test('the results of a complete run go to its sink, in batches, and the sink is closed', async () => {
  await using folder = await temporaryFolder();
  const sink = new ListSink();
  const job = defineJob({ source: from.iterable(numbers(2500)), step: (n) => ({ n, square: n * n }), sink });
  const report = await job.run({ ledger: folder.path('a.run.db') });
  assert.equal(report.state, 'complete');
  assert.equal(sink.batches, 3);
  assert.deepEqual(sink.rows[6], { n: 7, square: 49 });
  assert.equal(sink.rows.length, 2500);
  assert.equal(sink.closed, 1);
});

test('a sink that fails leaves a run that goes on with the export where it stood, and repeats no step', async () => {
  await using folder = await temporaryFolder();
  const ledger = folder.path('a.run.db');
  let steps = 0;
  const step = (n: number) => {
    steps++;
    return { n };
  };
  const define = (sink: Sink) =>
    defineJob({ source: from.iterable(numbers(2500)), step, definition: { name: 'export' }, sink });
  const failing = new ListSink();
  failing.refuseAt = 2;
  await assert.rejects(define(failing).run({ ledger }), /the database is down/);
  assert.equal(failing.rows.length, 1000);
  assert.equal(failing.closed, 1);
  const working = new ListSink();
  const report = await define(working).run({ ledger });
  assert.equal(report.state, 'complete');
  assert.equal(steps, 2500);
  assert.deepEqual(
    [...failing.rows, ...working.rows].map((row) => row.n),
    numbers(2500),
  );
  const again = new ListSink();
  assert.equal((await define(again).run({ ledger })).wasComplete, true);
  assert.deepEqual(again.rows, []);
});

test('failed items do not reach the sink, and toRow makes or leaves out rows', async () => {
  await using folder = await temporaryFolder();
  const sink = new ListSink();
  const job = defineJob({
    source: from.iterable(numbers(6)),
    step: (n) => {
      if (n === 2) throw new Error('no');
      return n * 10;
    },
    sink,
    toRow: ({ key, value }) => (value === 40 ? undefined : { id: key, v: value }),
  });
  await job.run({ ledger: folder.path('a.run.db') });
  assert.deepEqual(
    sink.rows.map((row) => row.v),
    [10, 30, 50, 60],
  );
});

test('a real sink: SQLite gets a row for each done item', async () => {
  await using folder = await temporaryFolder();
  const url = `sqlite:${folder.path('out.db')}`;
  await using database = await connect(url);
  await database.execute('create table answers (key text primary key, value integer)');
  const sink = to.sqlite(url, { table: 'answers', onConflict: 'update' });
  const job = defineJob({ source: from.iterable(['a', 'bb', 'ccc']), step: (text) => text.length, sink });
  await job.run({ ledger: folder.path('a.run.db') });
  assert.deepEqual(await database.query('select * from answers order by key'), [
    { key: 'a', value: 1 },
    { key: 'bb', value: 2 },
    { key: 'ccc', value: 3 },
  ]);
});

test('a step has the database of its job, a thread to compute in and a log that carries run, item and attempt', async () => {
  await using folder = await temporaryFolder();
  const ledger = folder.path('tools.run.db');
  const job = defineJob({
    source: from.iterable([3, 4]),
    database: `sqlite:${folder.path('data.db')}`,
    step: async (n, { sql, offload, log }) => {
      log.info('begun', { n });
      const [row] = await sql<{ doubled: number }>`select ${n} * 2 as doubled`;
      const hypot = await offload(new URL('../support/compute.ts', import.meta.url), 'hypot', row!.doubled, n);
      return { doubled: row!.doubled, hypot };
    },
  });
  const report = await job.run({ ledger });
  const values = [];
  for await (const outcome of report.outcomes()) values.push(outcome.value);
  assert.deepEqual(values, [
    { doubled: 6, hypot: Math.hypot(6, 3) },
    { doubled: 8, hypot: Math.hypot(8, 4) },
  ]);
  const lines = (await readFile(folder.path('tools.run.log'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map(({ msg, n, item, attempt, run }) => ({ msg, n, item, attempt, run })).sort((a, b) => a.n - b.n),
    [
      { msg: 'begun', n: 3, item: '1', attempt: 1, run: report.runId },
      { msg: 'begun', n: 4, item: '2', attempt: 1, run: report.runId },
    ],
  );
});

test('a step that asks for a database which its job does not name fails with what to do', async () => {
  await using folder = await temporaryFolder();
  const job = defineJob({ source: from.iterable([1]), step: (_, { sql }) => sql`select 1` });
  const report = await job.run({ ledger: folder.path('a.run.db') });
  for await (const outcome of report.outcomes()) {
    assert.equal(outcome.class, 'step');
    assert.match(outcome.message!, /names no database/);
  }
});
