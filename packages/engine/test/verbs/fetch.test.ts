import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '@sluice/core';
import { defineJob, ENGINE_ERRORS, EngineError, fetchJob, from } from '@sluice/engine';
import { startLab } from '@sluice/lab';
import { allOf } from '../support/all-of.ts';
import { gaugeServer } from '../support/gauge-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('fetch keeps the replies: status, headers, decoded body, text, in the order of the list', async () => {
  await using folder = await temporaryFolder();
  await using lab = await startLab();
  const source = from.iterable([`${lab.url}/gzip`, `${lab.url}/encoding/utf8`, `${lab.url}/redirect/2`]);
  const report = await fetchJob({ source }).run({ ledger: folder.path('a.db') });
  const outcomes = await allOf(report.outcomes());
  assert.deepEqual(
    outcomes.map(({ position, state, status }) => [position, state, status]),
    [
      [1, 'done', 200],
      [2, 'done', 200],
      [3, 'done', 200],
    ],
  );
  const [zipped, text] = outcomes;
  assert.ok(zipped?.headers?.some(([name, value]) => name.toLowerCase() === 'content-encoding' && value === 'gzip'));
  assert.ok(zipped?.text?.includes('"gzipped": true'), zipped?.text ?? '');
  assert.match(text?.text ?? '', /[^\s!-~]/);
  assert.ok(text?.finishedAt instanceof Date);
  assert.deepEqual(await allOf(report.outcomes({ state: 'done', class: 'client' })), []);
});

test('lines that cannot be fetched are outcomes that say what to write instead, and nothing is sent for them', async () => {
  await using folder = await temporaryFolder();
  const cases: [string, string, RegExp][] = [
    ['example.org/a', 'SLUICE_INPUT_URL', /'example\.org\/a' is no URL: write https:\/\/example\.org\/a/],
    ['not a url', 'SLUICE_INPUT_URL', /'not a url' is no URL$/],
    ['http://a:99999/', 'SLUICE_INPUT_URL', /is no URL/],
    ['javascript:alert(1)', 'SLUICE_INPUT_SCHEME', /only http and https/],
    ['mailto:a@b.c', 'SLUICE_INPUT_SCHEME', /only http and https/],
    ['file:///etc/passwd', 'SLUICE_INPUT_SCHEME', /only http and https/],
    [`nonsense ${'x'.repeat(100_000)}`, 'SLUICE_INPUT_URL', /^line 7: 'nonsense x{68}…' is no URL$/],
  ];
  const report = await fetchJob({ source: from.iterable(cases.map(([line]) => line)) }).run({
    ledger: folder.path('a.db'),
  });
  const outcomes = await allOf(report.outcomes());
  assert.equal(report.progress.requests, 0);
  for (const [index, [line, code, message]] of cases.entries()) {
    const outcome = outcomes[index];
    assert.deepEqual([outcome?.key, outcome?.class, outcome?.code], [line, 'input', code]);
    assert.match(outcome?.message ?? '', message);
  }
});

test('headers are sent with every request, and their values are no part of what is kept', async () => {
  await using folder = await temporaryFolder();
  const seen: unknown[] = [];
  await using server = await gaugeServer((request, response) => {
    seen.push(request.headers['x-secret']);
    response.end();
  });
  const source = from.iterable([`${server.url}/`]);
  await fetchJob({ source, headers: { 'X-Secret': 'hunter2' } }).run({ ledger: folder.path('a.db') });
  assert.deepEqual(seen, ['hunter2']);
  // Another value is the same job, another header is not.
  const again = await fetchJob({ source, headers: { 'x-secret': 'other' } }).run({ ledger: folder.path('a.db') });
  assert.equal(again.wasComplete, true);
  await assert.rejects(fetchJob({ source, headers: { other: '1' } }).run({ ledger: folder.path('a.db') }), {
    code: 'SLUICE_DEFINITION_CHANGED',
  });
});

test('a job that cannot be is refused where it is defined', () => {
  const source = from.iterable([1]);
  assert.throws(() => defineJob({ source, step: 'x' as never }), UsageError);
  assert.throws(() => defineJob({ source: 'urls.txt' as never, step: () => 1 }), UsageError);
  assert.throws(() => defineJob({ source, step: () => 1, retry: { sever: 1 } as never }), UsageError);
});

test('every error of the engine has a code with a meaning, and keeps its cause', () => {
  for (const [code, meaning] of Object.entries(ENGINE_ERRORS)) {
    assert.match(code, /^SLUICE_[A-Z_]+$/);
    assert.ok(meaning.length > 10);
  }
  const cause = new Error('x');
  const error = new EngineError('SLUICE_SOURCE_UNREADABLE', 'm', { cause });
  assert.deepEqual([error.code, error.cause, error.outcomeClass], ['SLUICE_SOURCE_UNREADABLE', cause, undefined]);
});
