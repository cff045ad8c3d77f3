import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { UsageError } from '@sluice/core';
import { defineJob, fetchJob, from, type Job, type JobRunOptions } from '@sluice/engine';
import { openReader } from '@sluice/ledger';
import { createLogger } from '@sluice/telemetry';
import { allOf } from '../support/all-of.ts';
import { type GaugeServer, gaugeServer } from '../support/gauge-server.ts';
import { inTime } from '../support/in-time.ts';
import { start } from '../support/start.ts';
import { statesIn } from '../support/states-in.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { exits, slow, spins, threads, throws, throwsAfterPost, twoHosts } from './jobs.ts';

const answering = (): Promise<GaugeServer> => gaugeServer((_, response) => void response.end('ok'));

interface Seen {
  readonly index: number;
  readonly threadId: number;
  readonly isMainThread: boolean;
}

test('with several loops every item is worked on once, in other threads, and its log line is kept', async () => {
  await using folder = await temporaryFolder();
  await using server = await answering();
  const job = threads({ url: server.url, count: 300 });
  const report = await job.run({ ledger: folder.path('a.run.db'), loops: 3 });
  assert.deepEqual([report.state, report.progress.done, report.progress.requests], ['complete', 300, 300]);
  assert.deepEqual([report.progress.loops, report.progress.loopsLost], [3, 0]);
  const values = (await allOf(report.outcomes())).map(({ value }) => value as Seen);
  assert.deepEqual(
    values.map(({ index }) => index),
    Array.from({ length: 300 }, (_, index) => index),
  );
  assert.equal(new Set(values.map(({ threadId }) => threadId)).size, 3);
  assert.ok(values.every(({ isMainThread }) => !isMainThread));
  assert.equal(new Set(server.requests).size, 300);
  const lines = (await readFile(folder.path('a.run.log'), 'utf8')).trim().split('\n');
  const logged = lines.map((line) => JSON.parse(line) as { run: string; item: string });
  assert.equal(new Set(logged.map(({ item }) => item)).size, 300);
  assert.ok(logged.every(({ run }) => run === report.runId));
});

test('fetch in several loops keeps bodies, statuses and evidence as one loop does', async () => {
  await using folder = await temporaryFolder();
  await using server = await gaugeServer((request, response) => {
    const isGone = request.url?.endsWith('7') === true;
    response.writeHead(isGone ? 410 : 200, { 'content-type': 'text/plain' }).end(`${request.url} `.repeat(20));
  });
  const urls = Array.from({ length: 100 }, (_, index) => `${server.url}/${index}`);
  const runs = await Promise.all(
    [1, 2].map(async (loops) => {
      const job = fetchJob({ source: from.iterable(urls), headers: { 'x-a': 'b' } });
      const report = await job.run({ ledger: folder.path(`${loops}.db`), loops });
      await using reader = await openReader(report.ledger);
      const items = await allOf(
        reader.rows('SELECT key, host, state, class, code, attempts, status, text FROM outcome'),
      );
      const attempts = await allOf(
        reader.rows(
          'SELECT item, number, class, phase, method, url, bytes_in, bytes_out, address, requests FROM attempt',
        ),
      );
      return { items, attempts };
    }),
  );
  assert.equal(runs[0]?.items.length, 100);
  assert.deepEqual(runs[1], runs[0]);
});

/** Runs a job whose item 13 ends its loop, and checks that nothing but that item is harmed. */
async function survives(
  makeJob: (data: { url: string; count: number; timeout?: number }) => Job<number, unknown>,
  why: RegExp,
  options: Partial<JobRunOptions> & { readonly timeout?: number } = {},
): Promise<void> {
  await using folder = await temporaryFolder();
  await using server = await answering();
  const { timeout, ...run } = options;
  const job = makeJob({ url: server.url, count: 120, ...(timeout === undefined ? {} : { timeout }) });
  const report = await job.run({ ledger: folder.path('a.db'), loops: 2, ...run });
  const failed = await allOf(report.outcomes({ state: 'failed' }));
  assert.deepEqual(
    failed.map(({ key, class: name, code }) => [key, name, code]),
    [['item 13', 'step', 'SLUICE_LOOP_DIED']],
  );
  assert.match(failed[0]?.message ?? '', why);
  assert.deepEqual([report.state, report.progress.done, report.progress.failed], ['complete', 119, 1]);
  // Once with the others, once alone.
  assert.equal(report.progress.loopsLost, 2);
  assert.equal(server.count('GET /13'), 2);
  await using reader = await openReader(report.ledger);
  const [lost] = await allOf(
    reader.rows("SELECT count(*) AS n FROM attempt WHERE class = 'local' AND code = 'SLUICE_LOOP_DIED'"),
  );
  assert.ok(Number(lost?.n) > 1, 'others were under way with it');
}

test('an uncaught error ends one event loop, and costs only the item that threw it', async () => {
  await survives(throws, /Error: thrown where nobody catches it/);
});

test('a step that ends its thread costs only its item', async () => {
  await survives(exits, /its thread ended with code 3/);
});

test('a step that never comes back to its event loop is ended with it, and the others go on', async () => {
  await survives(spins, /has kept its event loop busy for \d+ s/, { timeout: 500 });
});

test('when a loop dies, what is not idempotent and was under way in it is in doubt and not sent again', async () => {
  await using folder = await temporaryFolder();
  await using server = await answering();
  const job = throwsAfterPost({ url: server.url, count: 120 });
  const report = await job.run({ ledger: folder.path('a.db'), loops: 2 });
  const { done, inDoubt, failed } = report.progress;
  assert.deepEqual([failed, done + inDoubt, report.held], [0, 120, inDoubt]);
  assert.ok(inDoubt > 1 && inDoubt <= 120 / 2, `${inDoubt} in doubt`);
  assert.equal(report.progress.loopsLost, 1);
  assert.equal(server.requests.length, new Set(server.requests).size, 'no POST was repeated');
  const doubtful = await allOf(report.outcomes({ state: 'in-doubt' }));
  assert.ok(doubtful.some(({ key }) => key === 'item 13'));
});

test('the gates stand before the requests of all loops together', async () => {
  await using folder = await temporaryFolder();
  const answer = () =>
    gaugeServer(async (_, response) => {
      await new Promise((resolve) => setTimeout(resolve, 3));
      response.end('ok');
    });
  await using server = await answer();
  await using other = await answer();
  const job = twoHosts({ url: server.url, other: other.url, count: 60, perHost: 3 });
  const report = await job.run({ ledger: folder.path('a.db'), loops: 3 });
  assert.deepEqual([report.progress.done, report.progress.requests], [60, 180]);
  assert.deepEqual([server.peak, other.peak], [3, 3]);
  assert.deepEqual([server.requests.length, other.requests.length], [120, 60]);
});

test('a run in several loops that is cut can be gone on with, in one loop or several', async () => {
  await using folder = await temporaryFolder();
  let isSlow = true;
  await using server = await gaugeServer((request, response) => {
    if (!isSlow || Number(request.url?.slice(1)) < 10) response.end('ok');
  });
  const job = slow({ url: server.url, count: 40, perHost: 16, concurrency: 16 });
  const ledger = folder.path('a.db');
  await using run = await start(job, { ledger, loops: 2 });
  await until('some hang', () => server.requests.length >= 26);
  run.cut();
  const report = await inTime(run.finished);
  assert.deepEqual([report.state, report.progress.done, report.progress.inFlight], ['stopped', 10, 0]);
  const states = await statesIn(ledger);
  assert.equal(states.leased, undefined);
  isSlow = false;
  const [again] = [await job.run({ ledger, loops: 2 })];
  assert.deepEqual([again.state, again.progress.done], ['complete', 40]);
});

test('what cannot be run in several loops is refused, with what to do', async () => {
  await using folder = await temporaryFolder();
  const run = { ledger: folder.path('a.db'), loops: 2 };
  const source = from.iterable([1]);
  const step = (index: number): number => index;
  const refused = async (job: Job<number, unknown>, options: JobRunOptions, message: RegExp): Promise<void> => {
    await assert.rejects(
      job.run(options),
      (error: unknown) => error instanceof UsageError && message.test(error.message),
    );
  };
  await refused(defineJob({ source, step }), run, /give defineJob `module: import\.meta\.url`/);
  for (const loops of [0, 1.5, 65, Number.NaN])
    await refused(defineJob({ source, step }), { ...run, loops }, /loops must be a whole number from 1 to 64/);
  await using log = createLogger({ destination: folder.path('x.log') });
  await refused(defineJob({ source, step, module: import.meta.url }), { ...run, log }, /a logger cannot be sent/);
  await refused(defineJob({ source, step, module: 'jobs.ts' }), run, /no URL and no absolute path/);
  await refused(defineJob({ source, step, module: folder.path('none.ts') }), run, /Cannot find module/);
  const jobs = new URL('./jobs.ts', import.meta.url).href;
  await refused(defineJob({ source, step, module: jobs }), run, /the export 'default' of .*jobs\.ts is no job/);
  const another = { url: jobs, exportName: 'slow', data: { url: 'http://a.test', count: 1 } };
  await refused(defineJob({ source, step, module: another }), run, /is not the one that is run/);
  const uncopyable = { ...another, data: { url: () => 'http://a.test', count: 1 } };
  await refused(defineJob({ source, step, module: uncopyable }), run, /cannot be sent to another thread/);
});

test('a module that starts its run when it is imported says so instead of starting it in every loop', async () => {
  await using folder = await temporaryFolder();
  process.env.SLUICE_TEST_LEDGER = folder.path('a.db');
  await assert.rejects(import('./starts-itself.ts'), /starts the run when it is imported.*import\.meta\.main/);
});
