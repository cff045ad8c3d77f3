import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineJob, fetchJob, from, type ItemOutcome, readOutcomes } from '@sluice/engine';
import { liveRunProgress, readFailures } from '@sluice/engine/records';
import { startLab } from '@sluice/lab';
import { openReader } from '@sluice/ledger';
import { allOf } from '../support/all-of.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ITEMS = 40;

/** Numbers whose sevenths fail, and whose first ten emit an item each. */
const numbers = defineJob({
  source: from.iterable(Array.from({ length: ITEMS }, (_, n) => n)),
  idempotent: true,
  key: (n) => `number ${n}`,
  host: (n) => (n % 2 === 0 ? 'even' : 'odd'),
  step: async (n, { emit }) => {
    if (n % 7 === 0) throw new Error(`no luck with ${n}`);
    if (n < 10) emit({ key: `emitted ${n}`, input: 1 });
    return { n };
  },
});

const ids = (outcomes: readonly ItemOutcome[]): number[] => outcomes.map(({ id }) => id);

test('a reading goes on behind any outcome: no gap, no double, the list first, then what steps emitted', async () => {
  await using folder = await temporaryFolder();
  await numbers.run({ ledger: folder.path('a.db') });
  await using reader = await openReader(folder.path('a.db'));
  const all = await allOf(readOutcomes(reader));
  assert.deepEqual(
    ids(all).filter((id) => id > 0),
    Array.from({ length: ITEMS }, (_, n) => n + 1),
  );
  assert.equal(all.filter(({ position }) => position === null).length, 8);
  for (const [place, { id }] of all.entries()) {
    assert.deepEqual(ids(await allOf(readOutcomes(reader, { after: id }))), ids(all.slice(place + 1)));
  }
});

test('filters are combined, and what is left out is not read', async () => {
  await using folder = await temporaryFolder();
  await numbers.run({ ledger: folder.path('a.db') });
  await using reader = await openReader(folder.path('a.db'));
  const failed = await allOf(readOutcomes(reader, { state: 'failed', class: 'step', host: 'odd', content: false }));
  assert.deepEqual(
    failed.map(({ key, message, value, body, headers }) => ({ key, message, value, body, headers })),
    [7, 21, 35].map((n) => ({
      key: `number ${n}`,
      message: `no luck with ${n}`,
      value: undefined,
      body: null,
      headers: null,
    })),
  );
  const [done] = await allOf(readOutcomes(reader, { state: 'done' }));
  assert.deepEqual([done?.key, done?.value], ['number 1', { n: 1 }]);
});

test('a body beyond the bound stays in the ledger, and its size is told', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  const source = from.iterable([`${lab.url}/bytes/1000`, `${lab.url}/bytes/1001`]);
  await fetchJob({ source }).run({ ledger: folder.path('a.db') });
  await using reader = await openReader(folder.path('a.db'));
  const sizes = async (reading: Parameters<typeof readOutcomes>[1]): Promise<unknown> =>
    (await allOf(readOutcomes(reader, reading))).map(({ bodyBytes, body }) => [bodyBytes, body?.length]);
  assert.deepEqual(await sizes({}), [
    [1000, 1000],
    [1001, 1001],
  ]);
  assert.deepEqual(await sizes({ maxBody: 1000 }), [
    [1000, 1000],
    [1001, undefined],
  ]);
  assert.deepEqual(await sizes({ content: false }), [
    [1000, undefined],
    [1001, undefined],
  ]);
});

test('failures of one shape are told once, with their number', async () => {
  await using folder = await temporaryFolder();
  await numbers.run({ ledger: folder.path('a.db') });
  await using reader = await openReader(folder.path('a.db'));
  const clusters = await allOf(readFailures(reader, 10));
  assert.deepEqual(
    clusters.map(({ class: name, host, count }) => ({ name, host, count })),
    [
      { name: 'step', host: 'even', count: 3 },
      { name: 'step', host: 'odd', count: 3 },
    ],
  );
  assert.equal((await allOf(readFailures(reader, 1))).length, 1);
});

test('the progress of a run is what its ledger tells and what only this process knows, each name once', async () => {
  await using folder = await temporaryFolder();
  const { progress } = await numbers.run({ ledger: folder.path('a.db') });
  const { live, ...recorded } = liveRunProgress(progress);
  assert.deepEqual({ ...recorded, ...live, phase: 'finished', duplicates: 0 }, progress);
  assert.deepEqual(Object.keys(recorded), ['total', 'settled', 'done', 'failed', 'inDoubt', 'byClass']);
});
