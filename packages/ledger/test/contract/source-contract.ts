import assert from 'node:assert/strict';
import type { Check } from './ledger-contract.ts';
import { again, all, done, item, items } from './samples.ts';

/** The source: cursors, duplicates, releases and emitted items. */
export function sourceContract(check: Check): void {
  check('an emitted item is recorded once, below its parent, with its depth', async (harness) => {
    await using ledger = await harness.open();
    await ledger.admit({ from: null, to: '2', last: true, items: items(1, 2) });
    const link = (key: string) => ({ key, host: 'b.test', input: null });
    ledger.settle(done(item(1), { emits: [link('x'), link('x'), link('key-2')] }));
    const { items: taken } = await ledger.takeDue(10, 0);
    assert.deepEqual(
      taken.map((due) => due.key),
      ['x'],
    );
    for (const due of taken) ledger.settle(done(due, { emits: [link('y'), link('key-1')] }));
    const rows = await all(ledger.rows('SELECT key, position, parent, depth FROM item WHERE id < 0 ORDER BY depth'));
    assert.deepEqual(rows, [
      { key: 'x', position: null, parent: 1, depth: 1 },
      { key: 'y', position: null, parent: -1, depth: 2 },
    ]);
  });

  check(
    'a source that is read again from its beginning has its cursor there until its items have records',
    async (harness) => {
      {
        await using ledger = await harness.open();
        await ledger.admit({ from: null, to: 'A', last: true, items: items(1, 2) });
        for (const position of [1, 2]) ledger.settle(done(item(position)));
      }
      {
        await using ledger = await harness.open();
        assert.equal(ledger.run.cursor, 'A');
        await ledger.admit({ from: null, to: 'B', last: true, items: items(1, 3) });
        await ledger.flush();
      }
      await using ledger = await harness.open();
      assert.equal(ledger.run.cursor, null, 'item 3 has no record yet');
    },
  );

  check('a key that comes twice is one item, and its second position is said once', async (harness) => {
    {
      await using ledger = await harness.open();
      const batch = { from: null, to: '3', last: true, items: [item(1, 'a'), item(2, 'a'), item(3, 'b')] };
      assert.deepEqual(await ledger.admit(batch), ['fresh', 'duplicate', 'fresh']);
      ledger.settle(done(item(1, 'a')));
      assert.equal((await ledger.counts()).duplicates, 1);
    }
    await using ledger = await harness.open();
    assert.equal(ledger.run.cursor, null, 'item 3 has no record yet');
    const batch = { from: null, to: '3', last: true, items: [item(1, 'a'), item(2, 'a'), item(3, 'b')] };
    assert.deepEqual(await ledger.admit(batch), ['recorded', 'duplicate', 'fresh']);
    assert.equal((await ledger.counts()).duplicates, 1);
  });

  check('the cursor stays before the first batch that has an item without a record', async (harness) => {
    {
      await using ledger = await harness.open();
      await ledger.admit({ from: null, to: 'A', last: false, items: items(1, 2) });
      await ledger.admit({ from: 'A', to: 'B', last: false, items: items(3, 4) });
      await ledger.admit({ from: 'B', to: 'C', last: true, items: items(5, 6) });
      for (const position of [1, 2, 3, 5, 6]) ledger.settle(done(item(position)));
    }
    {
      await using ledger = await harness.open();
      assert.equal(ledger.run.cursor, 'A');
      assert.equal(ledger.run.sourceDone, false);
      assert.deepEqual(await ledger.admit({ from: 'A', to: 'B', last: false, items: items(3, 4) }), [
        'recorded',
        'fresh',
      ]);
      assert.deepEqual(await ledger.admit({ from: 'B', to: 'C', last: true, items: items(5, 6) }), [
        'recorded',
        'recorded',
      ]);
      ledger.settle(again(item(4), 5));
    }
    await using ledger = await harness.open();
    assert.equal(ledger.run.cursor, 'C');
    assert.equal(ledger.run.sourceDone, true, 'an item that waits for its retry is recorded');
  });

  check(
    'a source item that is given back has no record, keeps the cursor before it, and is fresh again',
    async (harness) => {
      await using ledger = await harness.open();
      await ledger.admit({ from: null, to: '1', last: true, items: [item(1)] });
      ledger.release([1]);
      ledger.settle(done(item(1)));
      assert.deepEqual(await all(ledger.rows('SELECT cursor FROM run')), [{ cursor: null }]);
      assert.deepEqual(await all(ledger.rows('SELECT * FROM item')), [], 'a report after the release is dropped');
      assert.deepEqual(await ledger.admit({ from: null, to: '1', last: true, items: [item(1)] }), ['fresh']);
      ledger.settle(done(item(1)));
      assert.deepEqual(await all(ledger.rows('SELECT cursor, source_done FROM run')), [
        { cursor: '1', source_done: 1 },
      ]);
    },
  );

  check('a batch whose positions do not rise is refused at the call', async (harness) => {
    await using ledger = await harness.open();
    await assert.rejects(ledger.admit({ from: null, to: '2', last: true, items: [item(2), item(2)] }), {
      code: 'SLUICE_USAGE',
    });
  });
}
