import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineJob, fetchJob, from, type Job, type JobOptions } from '@sluice/engine';
import { startLab } from '@sluice/lab';
import { hostOfUrl } from '../../src/verbs/fetch.ts';
import { allOf } from '../support/all-of.ts';
import { gaugeServer } from '../support/gauge-server.ts';
import { start } from '../support/start.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

/** What `fetch` does, written as a step of a user's. */
function asStep(options: Partial<JobOptions<string, unknown>> & Pick<JobOptions<string, unknown>, 'source'>) {
  return defineJob<string, unknown>({
    ...options,
    idempotent: true,
    host: hostOfUrl,
    step: (url, { http }) => http.get(url, { accept: () => true }),
  });
}

async function outcomes(job: Job<string, unknown>): Promise<unknown[]> {
  await using folder = await temporaryFolder();
  const report = await job.run({ ledger: folder.path('a.db'), seed: 1 });
  return (await allOf(report.outcomes())).map(({ key, state, class: outcomeClass, code, status, attempts, text }) => ({
    path: new URL(key).pathname,
    state,
    class: outcomeClass,
    code,
    status,
    attempts,
    text: text?.replaceAll('again', 'same'),
  }));
}

test('an attempt that is one request ends as one of a step that makes that request, whatever the server does', async () => {
  await using lab = await startLab();
  const paths = [
    ...['json', 'html', 'gzip', 'bytes/100', 'status/404', 'status/500', 'status/429', 'status/204', 'redirect/2'],
    ...['reset', 'reset-body', 'close', 'short-body', 'close-delimited', 'close-delimited-reset'],
    ...['coding-truncated/gzip', 'fail-times/1'],
  ];
  const options = (tag: string) => ({
    source: from.iterable(paths.map((path) => `${lab.url}/${path}?${tag}`)),
    retry: { initial: '5ms', max: '10ms', attempts: 2, throttled: { maxWait: '0ms' } } as const,
  });
  const direct = await outcomes(fetchJob(options('same')) as Job<string, unknown>);
  const stepwise = await outcomes(asStep(options('again')));
  assert.equal(direct.length, paths.length);
  assert.deepEqual(direct, stepwise);
});

test('its deadline is the shorter one of the attempt and of the session', async () => {
  await using server = await gaugeServer(() => {});
  const source = from.iterable([server.url]);
  const retry = { attempts: 1 };
  for (const [timeout, ofSession] of [
    ['50ms', '10s'],
    ['10s', '50ms'],
  ] as const) {
    await using folder = await temporaryFolder();
    const job = fetchJob({ source, retry, timeout, http: { timeout: ofSession } });
    const report = await job.run({ ledger: folder.path('a.db') });
    const [outcome] = await allOf(report.outcomes());
    assert.deepEqual([outcome?.class, outcome?.code], ['timeout', 'SLUICE_HTTP_TIMEOUT']);
  }
});

test('a cut ends the request, and the item is asked for again', async () => {
  await using server = await gaugeServer(() => {});
  await using folder = await temporaryFolder();
  await using run = await start(fetchJob({ source: from.iterable([`${server.url}/a`]) }), {
    ledger: folder.path('a.db'),
  });
  await until('it is asked for', () => server.requests.length === 1);
  run.cut();
  const report = await run.finished;
  assert.deepEqual([report.state, report.progress.done, report.progress.failed], ['stopped', 0, 0]);
  await until('its connection is closed', () => server.openSockets.size === 0);
});
