import assert from 'node:assert/strict';
import type { Check } from './ledger-contract.ts';
import { again, all, attempt, done, failed, item, items, result } from './samples.ts';

/** Items: their outcomes, attempts, retries and what the views say of them. */
export function itemContract(check: Check): void {
  check('a settled item is one outcome with its result and evidence', async (harness) => {
    await using ledger = await harness.open();
    assert.deepEqual(await ledger.admit({ from: null, to: 'end', last: true, items: [item(1)] }), ['fresh']);
    ledger.settle(done(item(1), { result: result('héllo', { value: '{"a":1}' }) }));
    const [outcome] = await all(ledger.rows('SELECT * FROM outcome'));
    assert.equal(outcome?.key, 'key-1');
    assert.equal(outcome?.position, 1);
    assert.equal(outcome?.state, 'done');
    assert.equal(outcome?.class, 'ok');
    assert.equal(outcome?.status, 200);
    assert.equal(outcome?.text, 'héllo');
    assert.equal(outcome?.value, '{"a":1}');
    assert.equal(outcome?.finished_at, 1_700_000_000_013);
    const [seen] = await all(
      ledger.rows('SELECT item, number, class, url, duration_ms, reused, requests FROM attempt'),
    );
    assert.deepEqual(seen, {
      item: 1,
      number: 1,
      class: 'ok',
      url: 'http://a.test/',
      duration_ms: 12.5,
      reused: 1,
      requests: 1,
    });
  });

  check('a body is copied when it is settled, so that its memory may be used again at once', async (harness) => {
    await using ledger = await harness.open();
    await ledger.admit({ from: null, to: '1', last: true, items: [item(1)] });
    const body = new TextEncoder().encode('first');
    ledger.settle(done(item(1), { result: result('', { body }) }));
    body.fill(0);
    const [row] = await all(ledger.rows('SELECT body FROM result'));
    assert.equal(new TextDecoder().decode(row?.body as Uint8Array), 'first');
  });

  check('the text of a body in a charset other than UTF-8 is null, its bytes are kept', async (harness) => {
    await using ledger = await harness.open();
    await ledger.admit({ from: null, to: '1', last: true, items: [item(1)] });
    ledger.settle(done(item(1), { result: result('', { body: Uint8Array.of(0xe9), charset: 'iso-8859-1' }) }));
    const [row] = await all(ledger.rows('SELECT text, body FROM outcome'));
    assert.deepEqual(row, { text: null, body: Uint8Array.of(0xe9) });
  });

  check('every attempt of a retried item is kept, and the last one is its outcome', async (harness) => {
    await using ledger = await harness.open();
    await ledger.admit({ from: null, to: '1', last: true, items: [item(1)] });
    ledger.settle(again(item(1), 1000));
    assert.deepEqual(await ledger.takeDue(10, 999), { items: [], nextDueAt: 1000 });
    const due = await ledger.takeDue(10, 1000);
    assert.deepEqual(due, {
      items: [
        { id: 1, key: 'key-1', host: 'a.test', input: null, state: 'leased', attempts: 1, spent: '{"server":1}' },
      ],
      nextDueAt: null,
    });
    assert.deepEqual((await ledger.takeDue(10, 1000)).items, [], 'a leased item is not leased twice');
    for (const taken of due.items) ledger.settle(done(taken));
    const attempts = await all(ledger.rows('SELECT number, class FROM attempt ORDER BY number'));
    assert.deepEqual(attempts, [
      { number: 1, class: 'server' },
      { number: 2, class: 'ok' },
    ]);
    const [outcome] = await all(ledger.rows('SELECT state, class, attempts FROM outcome'));
    assert.deepEqual(outcome, { state: 'done', class: 'ok', attempts: 2 });
  });

  check('due items come oldest first, and among equals in the order of arrival', async (harness) => {
    await using ledger = await harness.open();
    await ledger.admit({ from: null, to: '4', last: true, items: items(1, 4) });
    ledger.settle(again(item(1), 300));
    ledger.settle(again(item(2), 100));
    ledger.settle(again(item(3), 100));
    const emits = ['e1', 'e2', 'e3'].map((key) => ({ key, host: 'a.test', input: 'in' }));
    ledger.settle(done(item(4), { emits }));
    const first = await ledger.takeDue(4, 200);
    assert.deepEqual(
      first.items.map((due) => due.key),
      ['e1', 'e2', 'e3', 'key-2'],
    );
    assert.equal(first.nextDueAt, 100);
    const second = await ledger.takeDue(4, 200);
    assert.deepEqual(
      second.items.map((due) => due.key),
      ['key-3'],
    );
    assert.equal(second.nextDueAt, 300);
  });

  check('a recorded item that is given back is due at once', async (harness) => {
    await using ledger = await harness.open();
    await ledger.admit({ from: null, to: '1', last: true, items: [item(1)] });
    ledger.settle(again(item(1), 7));
    const first = await ledger.takeDue(1, 7);
    ledger.release(first.items.map(({ id }) => id));
    assert.deepEqual(await ledger.takeDue(1, 7), first);
  });

  check('an attempt is recorded once: a second report of it changes nothing', async (harness) => {
    await using ledger = await harness.open();
    await ledger.admit({ from: null, to: '1', last: true, items: [item(1)] });
    ledger.settle(done(item(1)));
    ledger.settle(failed(item(1)));
    const [row] = await all(ledger.rows('SELECT state, class, attempts FROM outcome'));
    assert.deepEqual(row, { state: 'done', class: 'ok', attempts: 1 });
    assert.deepEqual((await ledger.counts()).byState.failed, 0);
  });

  check('failures of one shape are one cluster', async (harness) => {
    await using ledger = await harness.open();
    await ledger.admit({ from: null, to: '3', last: true, items: items(1, 3) });
    for (const position of [1, 2, 3]) {
      const message = `connect to 10.0.0.${position} failed after ${position}00 ms`;
      ledger.settle(
        failed(item(position), { attempt: attempt(1, { class: 'connect', code: 'ECONNREFUSED', message }) }),
      );
    }
    const clusters = await all(ledger.rows('SELECT class, host, code, shape, count FROM failure_cluster'));
    const shape = 'connect to <n>.<n>.<n>.<n> failed after <n> ms';
    assert.deepEqual(clusters, [{ class: 'connect', host: 'a.test', code: 'ECONNREFUSED', shape, count: 3 }]);
    assert.deepEqual(await all(ledger.rows('SELECT * FROM outcome_by_class')), [
      { class: 'connect', state: 'failed', count: 3 },
    ]);
    const [host] = await all(ledger.rows('SELECT host, items, failed, attempts FROM host_summary'));
    assert.deepEqual(host, { host: 'a.test', items: 3, failed: 3, attempts: 3 });
  });
}
