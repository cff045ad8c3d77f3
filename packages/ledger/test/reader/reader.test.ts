import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LedgerReader, openLedger, openReader } from '@sluice/ledger';
import { all, done, item, items, NEW_RUN, result } from '../contract/samples.ts';
import { temporaryFolder } from '../temporary-folder.ts';

async function sample(
  count: number,
  text = 'x',
): Promise<AsyncDisposable & { readonly reader: LedgerReader; readonly path: string }> {
  const folder = await temporaryFolder();
  const path = folder.path('read.run.db');
  {
    await using ledger = await openLedger(path, { create: NEW_RUN });
    const batch = items(1, count);
    await ledger.admit({ from: null, to: 'end', last: true, items: batch });
    for (const of of batch) ledger.settle(done(of, { result: result(text) }));
  }
  const reader = await openReader(path);
  return {
    reader,
    path,
    async [Symbol.asyncDispose]() {
      await reader.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

test('rows come in order over many pages, with blobs as bytes and large integers whole', async () => {
  await using opened = await sample(1234, 'b'.repeat(3000));
  const rows = await all(
    opened.reader.rows('SELECT position, body, 9007199254740993 AS big FROM outcome ORDER BY position'),
  );
  assert.deepEqual(
    rows.map((row) => row.position),
    items(1, 1234).map((of) => of.position),
  );
  assert.deepEqual(rows[1233], {
    position: 1234,
    body: new TextEncoder().encode('b'.repeat(3000)),
    big: 9007199254740993n,
  });
});

test('parameters are bound, and several statements run beside each other', async () => {
  await using opened = await sample(1500);
  const count = async (from: number): Promise<number> =>
    (await all(opened.reader.rows('SELECT key FROM outcome WHERE position >= ?', [from]))).length;
  assert.deepEqual(await Promise.all([count(1), count(1000), count(1500)]), [1500, 501, 1]);
});

test('leaving the loop ends the statement, so that a checkpoint is not held up', async () => {
  await using opened = await sample(3000);
  await using ledger = await openLedger(opened.path, { checkpointOnClose: false });
  for await (const row of opened.reader.rows('SELECT key FROM outcome')) {
    assert.equal(row.key, 'key-1');
    break;
  }
  await ledger.updateRun({ total: 1 });
  assert.equal((await opened.reader.run()).total, 1, 'no read transaction of the reader is left open');
});

for (const sql of [
  'DELETE FROM record',
  "ATTACH 'other.db' AS other",
  'CREATE TEMP TABLE t (a)',
  "VACUUM INTO 'copy.db'",
  'BEGIN',
  'PRAGMA user_version = 3',
  'PRAGMA query_only = 0',
  "PRAGMA journal_mode = 'delete'",
  "SELECT load_extension('x')",
  'SELECT 1; DELETE FROM record',
  'no sql at all',
  '',
]) {
  test(`a statement that does more than read is refused, and the reader goes on: ${sql || '(empty)'}`, async () => {
    await using opened = await sample(1);
    await assert.rejects(all(opened.reader.rows(sql)), { code: 'SLUICE_LEDGER_SQL' });
    assert.deepEqual(await all(opened.reader.rows('SELECT count(*) AS n FROM item;  -- still there')), [{ n: 1 }]);
  });
}

test('an error in the middle of a statement ends its loop only', async () => {
  await using opened = await sample(1);
  const sql = "SELECT json_extract(value, '$') AS j FROM (SELECT '1' AS value UNION ALL SELECT 'not json')";
  await assert.rejects(all(opened.reader.rows(sql)), { code: 'SLUICE_LEDGER_SQL', message: /malformed JSON/ });
  assert.equal((await opened.reader.counts()).byState.done, 1);
});

test('a reader sees what a live writer commits', async () => {
  await using opened = await sample(1);
  await using ledger = await openLedger(opened.path);
  assert.deepEqual(await ledger.admit({ from: 'end', to: 'end2', last: true, items: [item(2)] }), ['fresh']);
  ledger.settle(done(item(2)));
  await ledger.flush();
  assert.equal((await opened.reader.counts()).byState.done, 2);
});

test('a closed reader refuses statements', async () => {
  await using opened = await sample(1);
  await opened.reader.close();
  await assert.rejects(all(opened.reader.rows('SELECT 1')), { code: 'SLUICE_LEDGER_CLOSED' });
});

test('a loop whose reader is closed in the middle ends with an error, it does not hang', async () => {
  await using opened = await sample(3000);
  const loop = async (): Promise<void> => {
    for await (const row of opened.reader.rows('SELECT position FROM outcome ORDER BY position')) {
      if (row.position === 1) await opened.reader.close();
    }
  };
  await assert.rejects(loop(), { code: 'SLUICE_LEDGER_CLOSED' });
});

test('a reader whose thread has ended before this thread read its answer is closed, not broken', async () => {
  await using opened = await sample(3000);
  const rows = opened.reader.rows('SELECT position FROM outcome ORDER BY position')[Symbol.asyncIterator]();
  await rows.next();
  const closed = opened.reader.close();
  // The answer and the end of the thread arrive in one turn.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  await closed;
  await assert.rejects(all({ [Symbol.asyncIterator]: () => rows }), { code: 'SLUICE_LEDGER_CLOSED' });
});
