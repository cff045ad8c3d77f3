import assert from 'node:assert/strict';
import type { Check } from './ledger-contract.ts';
import { done, item, items, NEW_RUN } from './samples.ts';

/** The run row, and the life of a ledger from its first opening to its close. */
export function runContract(check: Check): void {
  check('a new ledger holds its run and nothing else', async (harness) => {
    await using ledger = await harness.open();
    assert.equal(ledger.created, true);
    const { createdAt, updatedAt, ...run } = ledger.run;
    assert.deepEqual(run, {
      ...NEW_RUN,
      state: 'running',
      cursor: null,
      sourceDone: false,
      total: null,
      ownerPid: null,
      sinkCursor: null,
    });
    assert.equal(createdAt, updatedAt);
    assert.deepEqual(await ledger.counts(), {
      byState: { pending: 0, leased: 0, done: 0, failed: 0, 'in-doubt': 0 },
      byClass: {},
      duplicates: 0,
    });
  });

  check('the run row changes only where it is told to', async (harness) => {
    {
      await using ledger = await harness.open();
      await ledger.updateRun({ state: 'complete', total: 7 });
      await ledger.updateRun({ inputFingerprint: null, definition: '{}', sinkCursor: '7' });
    }
    await using ledger = await harness.open();
    const { state, total, inputFingerprint, definition, ownerPid, sinkCursor } = ledger.run;
    assert.deepEqual(
      { state, total, inputFingerprint, definition, ownerPid, sinkCursor },
      { state: 'complete', total: 7, inputFingerprint: null, definition: '{}', ownerPid: null, sinkCursor: '7' },
    );
  });

  check('a closed ledger refuses every call, and closing it again is the same close', async (harness) => {
    const ledger = await harness.open();
    await ledger.admit({ from: null, to: '1', last: true, items: [item(1)] });
    ledger.settle(done(item(1)));
    const closing = ledger.close();
    assert.equal(ledger.close(), closing);
    await closing;
    assert.throws(() => ledger.settle(done(item(1))), { code: 'SLUICE_LEDGER_CLOSED' });
    await assert.rejects(ledger.flush(), { code: 'SLUICE_LEDGER_CLOSED' });
    await using again = await harness.open();
    assert.equal((await again.counts()).byState.done, 1, 'closing flushed what was settled');
  });

  check('drained makes a caller wait when the writer does not keep up, and lets it go on', async (harness) => {
    await using ledger = await harness.open();
    const many = items(1, 20_000);
    await ledger.admit({ from: null, to: 'end', last: true, items: many });
    let waits = 0;
    for (const of of many) {
      ledger.settle(done(of));
      const drained = ledger.drained();
      if (drained === undefined) continue;
      waits++;
      await drained;
    }
    assert.ok(waits > 0);
    assert.equal((await ledger.counts()).byState.done, 20_000);
  });
}
