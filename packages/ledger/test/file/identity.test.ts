import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openLedger, openReader } from '@sluice/ledger';
import { NEW_RUN } from '../contract/samples.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const create = NEW_RUN;

function change(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

test('a missing file is an error without `create`, and nothing is made', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('none.run.db');
  await assert.rejects(openLedger(path), { code: 'SLUICE_LEDGER_NOT_FOUND' });
  await assert.rejects(openReader(path), { code: 'SLUICE_LEDGER_NOT_FOUND' });
  assert.deepEqual(await readdir(dirname(path)), []);
});

test('a file that is something else is refused and left as it was', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('urls.txt');
  const text = 'http://a.test/\n'.repeat(100);
  await writeFile(path, text);
  await assert.rejects(openLedger(path, { create }), { code: 'SLUICE_LEDGER_NOT_A_LEDGER' });
  await assert.rejects(openReader(path), { code: 'SLUICE_LEDGER_NOT_A_LEDGER' });
  assert.equal(await readFile(path, 'utf8'), text);
  assert.deepEqual(await readdir(dirname(path)), ['urls.txt']);
});

test('a SQLite file of another program is refused', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('other.db');
  change(path, 'CREATE TABLE record (a)');
  await assert.rejects(openLedger(path, { create }), { code: 'SLUICE_LEDGER_NOT_A_LEDGER' });
  await assert.rejects(openReader(path), { code: 'SLUICE_LEDGER_NOT_A_LEDGER' });
});

test('a ledger of a newer version is refused with its version', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('newer.run.db');
  await (await openLedger(path, { create })).close();
  change(path, 'PRAGMA user_version = 99');
  await assert.rejects(openLedger(path), { code: 'SLUICE_LEDGER_NEWER', message: /version 99/ });
  await assert.rejects(openReader(path), { code: 'SLUICE_LEDGER_NEWER' });
});

test('an empty file, which a killed process may leave, becomes a ledger only with `create`', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('empty.run.db');
  await writeFile(path, '');
  await assert.rejects(openLedger(path), { code: 'SLUICE_LEDGER_NOT_A_LEDGER' });
  await using ledger = await openLedger(path, { create });
  assert.equal(ledger.created, true);
});

test('an existing ledger is opened as it is, whatever `create` says', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('kept.run.db');
  await (await openLedger(path, { create })).close();
  await using ledger = await openLedger(path, { create: { ...create, id: 'other' } });
  assert.deepEqual([ledger.created, ledger.run.id], [false, create.id]);
});

test('a damaged file is reported as corrupt', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('damaged.run.db');
  await (await openLedger(path, { create })).close();
  const bytes = await readFile(path);
  await writeFile(path, bytes.fill(0xff, 4096));
  await assert.rejects(openLedger(path), { code: 'SLUICE_LEDGER_CORRUPT' });
});

test('a folder that does not exist is said in the message', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('missing/a.run.db');
  await assert.rejects(openLedger(path, { create }), { code: 'SLUICE_LEDGER_IO', message: /its folder exists/ });
});
