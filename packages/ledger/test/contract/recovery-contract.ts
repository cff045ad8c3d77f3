import assert from 'node:assert/strict';
import type { Check } from './ledger-contract.ts';
import { all, attempt, done, failed, item, items } from './samples.ts';

/** What was under way when a process died, bulk changes of state, and misuse. */
export function recoveryContract(check: Check): void {
  check('an intent that was not reported on is found after a restart, and in doubt after recovery', async (harness) => {
    const announced = { ...item(1), id: 1, attempt: 1, spent: null, method: 'POST', url: 'key-1' };
    {
      await using ledger = await harness.open();
      await ledger.admit({ from: null, to: '1', last: true, items: [item(1)] });
      await ledger.intent(announced);
    }
    await using ledger = await harness.open();
    const open = await all(ledger.rows('SELECT number, class, method, url FROM attempt'));
    assert.deepEqual(open, [{ number: 1, class: null, method: 'POST', url: 'key-1' }]);
    assert.equal(
      await ledger.transition({ from: 'leased', to: 'in-doubt', where: { sent: true, idempotent: false } }),
      1,
    );
    const [row] = await all(ledger.rows('SELECT state, class, attempts FROM outcome'));
    assert.deepEqual(row, { state: 'in-doubt', class: 'in-doubt', attempts: 1 });
    assert.deepEqual((await ledger.counts()).byClass, { 'in-doubt': 1 });
  });

  check('the report on an announced attempt takes the place of its intent', async (harness) => {
    await using ledger = await harness.open();
    await ledger.admit({ from: null, to: '2', last: true, items: items(1, 2) });
    await Promise.all(
      items(1, 2).map((of) =>
        ledger.intent({ ...of, id: of.position, attempt: 1, spent: null, method: 'POST', url: 'http://a.test/' }),
      ),
    );
    ledger.settle(done(item(1), { idempotent: false }));
    ledger.release([2]);
    const rows = await all(ledger.rows('SELECT item, number, class FROM attempt ORDER BY item'));
    assert.deepEqual(rows, [
      { item: 1, number: 1, class: 'ok' },
      { item: 2, number: 1, class: 'cancelled' },
    ]);
    assert.deepEqual(
      (await ledger.takeDue(5, 0)).items.map(({ id, attempts }) => ({ id, attempts })),
      [{ id: 2, attempts: 1 }],
    );
  });

  check(
    'a transition selects by class, host and key, counts what it changed, and gives the policy back',
    async (harness) => {
      await using ledger = await harness.open();
      await ledger.admit({ from: null, to: '4', last: true, items: items(1, 4) });
      ledger.settle(failed(item(1)));
      ledger.settle(failed(item(2), { attempt: attempt(1, { class: 'client', code: 'HTTP_404' }) }));
      ledger.settle(failed(item(3)));
      ledger.settle(done(item(4)));
      const where = { classes: ['server', 'connect'], hosts: ['a.test'], keys: ['key-1', 'key-2'] };
      assert.equal(await ledger.transition({ from: 'failed', to: 'pending', where, resetPolicy: true }), 1);
      const { items: due } = await ledger.takeDue(10, 0);
      assert.deepEqual(due, [
        { id: 1, key: 'key-1', host: 'a.test', input: null, state: 'leased', attempts: 1, spent: null },
      ]);
      assert.deepEqual((await ledger.counts()).byState, { pending: 0, leased: 1, done: 1, failed: 2, 'in-doubt': 0 });
      assert.deepEqual((await ledger.counts()).byClass, { server: 1, client: 1, ok: 1 });
    },
  );

  check('settling an item that was never admitted fails the ledger instead of recording it', async (harness) => {
    const ledger = await harness.open();
    const failures: Error[] = [];
    ledger.onFailure((error) => failures.push(error));
    ledger.settle(done(item(9)));
    await assert.rejects(ledger.flush(), { code: 'SLUICE_LEDGER_PROTOCOL' });
    await assert.rejects(ledger.counts(), failures[0]);
    assert.throws(() => ledger.settle(done(item(9))), failures[0]);
    assert.equal(failures.length, 1);
    await assert.rejects(ledger.close(), failures[0]);
  });
}
