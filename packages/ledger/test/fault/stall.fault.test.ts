import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Ledger, type LedgerError, openLedger } from '@sluice/ledger';
import { all, done, items, NEW_RUN, result } from '../contract/samples.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const run = promisify(execFile);

async function untilStalled(ledger: Ledger): Promise<LedgerError> {
  while (ledger.stall === undefined) await sleep(10);
  return ledger.stall as LedgerError;
}

test('while another program keeps the file locked nothing fails: all is kept, said, and written when it lets go', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('locked.run.db');
  await using ledger = await openLedger(path, { create: NEW_RUN });
  const batch = items(1, 300);
  const foreign = new DatabaseSync(path);
  foreign.exec('BEGIN IMMEDIATE');
  // What is asked for while the lock is held is of every kind; the order of the answers is the order of the calls.
  const admitted = ledger.admit({ from: null, to: 'end', last: true, items: batch });
  const stall = await untilStalled(ledger);
  assert.equal(stall.code, 'SLUICE_LEDGER_BUSY');
  assert.match(stall.message, /locked\.run\.db: another program keeps it locked; .*, and it goes on by itself$/);
  const [first, second, ...others] = batch as [(typeof batch)[0], (typeof batch)[0], ...typeof batch];
  const { key, host } = first;
  const intended = ledger.intent({ id: 1, key, host, input: null, attempt: 1, spent: null, method: 'POST', url: key });
  for (const of of others) ledger.settle(done(of));
  ledger.release([second.position]);
  const counted = ledger.counts();
  await sleep(1500);
  foreign.exec('ROLLBACK');
  foreign.close();
  assert.deepEqual(new Set(await admitted), new Set(['fresh']));
  await intended;
  assert.equal((await counted).byState.done, 298);
  assert.equal(ledger.stall, undefined);
  const states = await all(ledger.rows('SELECT state, count(*) AS count FROM item GROUP BY state ORDER BY state'));
  assert.deepEqual(states, [
    { state: 'done', count: 298 },
    { state: 'leased', count: 1 },
  ]);
  assert.deepEqual(await all(ledger.rows('SELECT cursor FROM run')), [{ cursor: null }], 'line 2 was given back');
});

test('a ledger that is closed while it is stalled tries once more, and then fails with what stalls it', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('locked.run.db');
  const ledger = await openLedger(path, { create: NEW_RUN });
  const foreign = new DatabaseSync(path);
  foreign.exec('BEGIN IMMEDIATE');
  const admitted = ledger.admit({ from: null, to: 'end', last: true, items: items(1, 3) });
  admitted.catch(() => undefined);
  await untilStalled(ledger);
  await assert.rejects(ledger.close(), { code: 'SLUICE_LEDGER_BUSY' });
  await assert.rejects(admitted, { code: 'SLUICE_LEDGER_BUSY' });
  foreign.exec('ROLLBACK');
  foreign.close();
  await using again = await openLedger(path);
  assert.deepEqual(await all(again.rows('SELECT count(*) AS count FROM item')), [{ count: 0 }]);
});

test('a disk that is full stalls the ledger until there is space: back-pressure holds, nothing is lost, nothing is there twice', async (t) => {
  await using folder = await temporaryFolder();
  await using disk = await smallDisk(t, folder.path('disk'));
  if (disk === undefined) return;
  await using ledger = await openLedger(`${disk.path}/full.run.db`, { create: NEW_RUN });
  const batch = items(1, 8000);
  await ledger.admit({ from: null, to: 'end', last: true, items: batch });
  let settled = 0;
  let settledWhenFull: number | undefined;
  for (const of of batch) {
    for (let behind = ledger.drained(); behind !== undefined; behind = ledger.drained()) {
      if (ledger.stall !== undefined && settledWhenFull === undefined) {
        assert.equal((ledger.stall as LedgerError).code, 'SLUICE_LEDGER_FULL');
        settledWhenFull = settled;
        await disk.grow();
      }
      await Promise.any([behind, sleep(10)]);
    }
    ledger.settle(
      done(of, { result: result('x'.repeat(2000)), emits: [{ key: `child ${of.key}`, host: 'a.test', input: null }] }),
    );
    settled++;
  }
  assert.ok(settledWhenFull !== undefined && settledWhenFull < 8000, 'nothing held the caller back');
  await ledger.flush();
  assert.equal(settled, 8000);
  const counted = 'SELECT sum(id > 0) AS parents, sum(id < 0) AS children, count(DISTINCT key) AS keys FROM item';
  assert.deepEqual(await all(ledger.rows(counted)), [{ parents: 8000, children: 8000, keys: 16_000 }]);
  assert.deepEqual(await all(ledger.rows('PRAGMA integrity_check')), [{ integrity_check: 'ok' }]);
});

/** A file system of 4 MiB in memory that can be made larger: only root may mount one. */
async function smallDisk(
  t: TestContext,
  path: string,
): Promise<({ readonly path: string; grow(): Promise<void> } & AsyncDisposable) | undefined> {
  await mkdir(path);
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', path]);
  } catch {
    t.skip('a small file system cannot be mounted here: that takes root');
    return undefined;
  }
  return {
    path,
    grow: async () => void (await run('mount', ['-o', 'remount,size=64m', path])),
    [Symbol.asyncDispose]: async () => void (await run('umount', ['-l', path])),
  };
}
