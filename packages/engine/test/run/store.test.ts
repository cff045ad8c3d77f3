import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineJob, from, type StorePolicy } from '@sluice/engine';
import { startLab } from '@sluice/lab';
import { allOf } from '../support/all-of.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** What the ledger holds of a reply, of a reply that was no success, and of a value. */
async function kept(store: StorePolicy): Promise<unknown[]> {
  await using folder = await temporaryFolder();
  await using lab = await startLab();
  const job = defineJob<string, unknown>({
    source: from.iterable(['reply', 'missing', 'value']),
    store,
    idempotent: true,
    step: (name, { http }) => {
      if (name === 'value') return { n: 1 };
      return http.get(`${lab.url}/${name === 'reply' ? 'bytes/10' : 'status/404'}`);
    },
  });
  const report = await job.run({ ledger: folder.path('a.db') });
  return (await allOf(report.outcomes())).map(({ class: outcomeClass, status, headers, body, value }) => [
    outcomeClass,
    status,
    headers !== null,
    body !== null,
    value ?? null,
  ]);
}

test('by default everything is kept that an item gave', async () => {
  assert.deepEqual(await kept('body'), [
    ['ok', 200, true, true, null],
    ['client', 404, true, true, null],
    ['ok', null, false, false, { n: 1 }],
  ]);
});

test('with the values alone, of a reply its status is kept', async () => {
  assert.deepEqual(await kept('value'), [
    ['ok', 200, false, false, null],
    ['client', 404, false, false, null],
    ['ok', null, false, false, { n: 1 }],
  ]);
});

test('with nothing, how every item ended is kept', async () => {
  assert.deepEqual(await kept('none'), [
    ['ok', 200, false, false, null],
    ['client', 404, false, false, null],
    ['ok', null, false, false, null],
  ]);
});

test('what is kept belongs to a run: with another policy it is another job', async () => {
  await using folder = await temporaryFolder();
  const job = (store?: StorePolicy) =>
    defineJob({
      source: from.iterable(['a']),
      definition: {},
      step: () => 1,
      ...(store === undefined ? {} : { store }),
    });
  await job('none').run({ ledger: folder.path('a.db') });
  await job('none').run({ ledger: folder.path('a.db') });
  await assert.rejects(job().run({ ledger: folder.path('a.db') }), { code: 'SLUICE_DEFINITION_CHANGED' });
});

test('a policy that does not exist, and a sink that nothing is kept for, are refused at once', () => {
  const source = from.iterable(['a']);
  const sink = {} as never;
  assert.throws(
    () => defineJob({ source, store: 'all' as never, step: () => 1 }),
    /store must be one of body, value, none, not all/,
  );
  assert.throws(
    () => defineJob({ source, store: 'none', sink, step: () => 1 }),
    /keeps nothing that a sink could take/,
  );
});
