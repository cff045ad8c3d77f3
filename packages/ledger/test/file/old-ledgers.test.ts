import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openLedger, openReader } from '@sluice/ledger';
import { all, done, NEW_RUN } from '../contract/samples.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** Written by version 0.1.0 and never made anew: a process that was killed with items in every state left it. */
const VERSION_1 = fileURLToPath(new URL('./fixtures/version-1.db', import.meta.url));

const ITEMS = [
  // The child that item 1 emitted: it was taken as a due item before item 3, which waits for its second attempt.
  { id: -1, state: 'done', class: 'ok', attempts: 1 },
  { id: 1, state: 'done', class: 'ok', attempts: 1 },
  { id: 2, state: 'failed', class: 'server', attempts: 1 },
  { id: 3, state: 'pending', class: 'server', attempts: 1 },
  { id: 4, state: 'leased', class: null, attempts: 1 },
  { id: 5, state: 'in-doubt', class: 'in-doubt', attempts: 1 },
  { id: 6, state: 'done', class: 'ok', attempts: 1 },
];
const SELECT = 'SELECT id, state, class, attempts FROM outcome ORDER BY id';

test('a ledger of version 1 is read as it was written', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('old.run.db');
  await copyFile(VERSION_1, path);
  await using reader = await openReader(path);
  assert.deepEqual(await all(reader.rows(SELECT)), ITEMS);
  const texts = await all(reader.rows('SELECT id, text, value FROM outcome WHERE state = ? ORDER BY id', ['done']));
  assert.deepEqual(texts, [
    { id: -1, text: 'body of child', value: null },
    { id: 1, text: 'body of key-1', value: null },
    { id: 6, text: null, value: '{"a":1}' },
  ]);
  const attempts = await all(reader.rows('SELECT item, number, class FROM attempt WHERE item IN (3, 4) ORDER BY item'));
  assert.deepEqual(attempts, [
    { item: 3, number: 1, class: 'server' },
    { item: 4, number: 1, class: null },
  ]);
  assert.deepEqual(await all(reader.rows('SELECT parent, depth, input FROM item WHERE id = -1')), [
    { parent: 1, depth: 1, input: '{"n":1}' },
  ]);
});

test('a run that version 1 left behind goes on in the newest version, and ends with every item counted once', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('old.run.db');
  await copyFile(VERSION_1, path);
  await using ledger = await openLedger(path);
  assert.deepEqual(
    [ledger.run.cursor, ledger.run.sourceDone, ledger.run.total, ledger.run.seed, ledger.created],
    [null, false, 12, 42, false],
  );
  assert.deepEqual(await all(ledger.rows(SELECT)), ITEMS);
  assert.equal(await ledger.transition({ from: 'leased', to: 'in-doubt', where: { sent: true } }), 1);
  const again = [1, 2, 3, 4, 5, 6, 7, 8].map((position) => ({
    position,
    key: `key-${position}`,
    host: 'a.test',
    input: null,
  }));
  const verdicts = await ledger.admit({ from: null, to: 'end', last: true, items: again });
  assert.deepEqual(verdicts, [...Array(6).fill('recorded'), 'fresh', 'fresh']);
  for (const item of again.slice(6)) ledger.settle(done(item));
  const { items: due } = await ledger.takeDue(10, Date.now());
  assert.deepEqual(
    due.map(({ key }) => key),
    ['key-3'],
  );
  ledger.settle(done(due[0]!));
  const attempts = await all(ledger.rows('SELECT number, class FROM attempt WHERE item = 3 ORDER BY number'));
  assert.deepEqual(attempts, [
    { number: 1, class: 'server' },
    { number: 2, class: 'ok' },
  ]);
  const counts = await ledger.counts();
  assert.deepEqual(counts.byState, { pending: 0, leased: 0, done: 6, failed: 1, 'in-doubt': 2 });
  assert.equal(counts.duplicates, 1);
  assert.deepEqual(await all(ledger.rows('PRAGMA integrity_check')), [{ integrity_check: 'ok' }]);
});

test('a ledger of version 1 that was opened has the very schema of a new one: a published migration was not edited', async () => {
  await using folder = await temporaryFolder();
  await copyFile(VERSION_1, folder.path('old.run.db'));
  const schemas: unknown[] = [];
  for (const [file, create] of [
    ['old.run.db', undefined],
    ['new.run.db', NEW_RUN],
  ] as const) {
    await using ledger = await openLedger(folder.path(file), create === undefined ? {} : { create });
    schemas.push(await all(ledger.rows('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name')));
  }
  assert.deepEqual(schemas[0], schemas[1]);
});
