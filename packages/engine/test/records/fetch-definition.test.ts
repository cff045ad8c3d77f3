import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { defineJob, fetchJob, from } from '@sluice/engine';
import { isSameWork, listPath, readFetchDefinition, storedList } from '@sluice/engine/records';
import { startLab } from '@sluice/lab';
import { openReader, type RunRow } from '@sluice/ledger';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function runOf(ledger: string): Promise<RunRow> {
  await using reader = await openReader(ledger);
  return await reader.run();
}

test('what a fetch was started with is read back from its ledger, also when both were moved together', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  const [list, ledger] = [folder.path('urls.txt'), folder.path('urls.run.db')];
  await writeFile(list, `${lab.url}/get\n`);
  const definition = { list: storedList(list, ledger), headers: { accept: 'text/html' }, contact: 'me@example.org' };
  await fetchJob({ source: from.lines(list), headers: definition.headers, definition }).run({ ledger });
  const kept = readFetchDefinition(await runOf(ledger));
  assert.deepEqual(kept, { list: 'urls.txt', headers: { accept: 'text/html' }, contact: 'me@example.org' });
  assert.equal(listPath(kept!, ledger), list);
  assert.equal(listPath(kept!, '/elsewhere/urls.run.db'), '/elsewhere/urls.txt');
});

test('a list in another folder is found from the ledger, and standard input is told apart from files', async () => {
  await using folder = await temporaryFolder();
  const [list, ledger] = [folder.path('lists/urls.txt'), folder.path('runs/urls.run.db')];
  await mkdir(folder.path('lists'));
  const stored = storedList(list, ledger);
  assert.equal(stored, join('..', 'lists', 'urls.txt'));
  assert.equal(listPath({ list: stored, headers: {}, contact: null }, ledger), list);
  assert.equal(storedList('-', ledger), null);
  assert.equal(listPath({ list: null, headers: {}, contact: null }, ledger), '-');
});

test('a fetch of a program and a job of another kind keep no such thing', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  const source = from.iterable([`${lab.url}/get`]);
  await fetchJob({ source }).run({ ledger: folder.path('fetch.db') });
  await defineJob({ kind: 'own', source, idempotent: true, step: async () => null }).run({
    ledger: folder.path('own.db'),
  });
  assert.equal(readFetchDefinition(await runOf(folder.path('fetch.db'))), undefined);
  assert.equal(readFetchDefinition(await runOf(folder.path('own.db'))), undefined);
});

test('the headers make the work, in whatever order, and neither the name of the list nor the contact does', () => {
  const one = { list: 'a.txt', headers: { a: '1', b: '2' }, contact: null };
  assert.ok(isSameWork(one, { list: null, headers: { b: '2', a: '1' }, contact: 'me@example.org' }));
  assert.ok(!isSameWork(one, { ...one, headers: { a: '1', b: '3' } }));
  assert.ok(!isSameWork(one, { ...one, headers: { a: '1' } }));
});
