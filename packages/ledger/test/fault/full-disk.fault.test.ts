import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LedgerError, openLedger } from '@sluice/ledger';
import { all, done, items, NEW_RUN, result } from '../contract/samples.ts';
import { temporaryFolder } from '../temporary-folder.ts';

test('when nobody waits for space any more every call rejects with one error, and what was acknowledged stays whole', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('full.run.db');
  const ledger = await openLedger(path, { create: NEW_RUN, maxBytes: 1_048_576 });
  const failures: Error[] = [];
  ledger.onFailure((error) => failures.push(error));
  const batch = items(1, 2000);
  await ledger.admit({ from: null, to: 'end', last: true, items: batch });
  let acknowledged = 0;
  ledger.failWhenStalled();
  let failure: unknown;
  try {
    for (const of of batch) {
      ledger.settle(
        done(of, {
          result: result('x'.repeat(2000)),
          emits: [{ key: `child of ${of.key}`, host: 'a.test', input: null }],
        }),
      );
      if (of.position % 100 !== 0) continue;
      await ledger.flush();
      acknowledged = of.position;
    }
  } catch (error) {
    failure = error;
  }
  assert.equal((failure as LedgerError).code, 'SLUICE_LEDGER_FULL');
  assert.match((failure as LedgerError).message, /no space is left/);
  assert.equal(((failure as LedgerError).cause as { errcode: number }).errcode, 13);
  assert.deepEqual(failures, [failure]);
  const waiting = [ledger.counts(), ledger.takeDue(1, 0), ledger.updateRun({ state: 'stopped' }), ledger.close()];
  for (const settled of await Promise.allSettled(waiting)) {
    assert.equal((settled as PromiseRejectedResult).reason, failure);
  }

  await using reopened = await openLedger(path);
  const [counted] = await all(reopened.rows('SELECT sum(id > 0) AS parents, sum(id < 0) AS children FROM item'));
  assert.deepEqual(counted, { parents: acknowledged, children: acknowledged }, 'the batch that failed left nothing');
  assert.ok(acknowledged > 0);
  assert.equal(reopened.run.cursor, null);
  assert.deepEqual(await all(reopened.rows('PRAGMA integrity_check')), [{ integrity_check: 'ok' }]);
});
