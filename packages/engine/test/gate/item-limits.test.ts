import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GateScheduler } from '../../src/gate/gate-scheduler.ts';
import { ItemLimits } from '../../src/gate/item-limits.ts';
import { ReadyHeap } from '../../src/gate/ready-heap.ts';

test('a key that nobody uses is forgotten, and one with a rate as soon as nothing is owed to it: millions of tenants cost no memory', () => {
  let now = 0;
  const timed = new ReadyHeap();
  const limits = new ItemLimits<number>(
    (key) => (key.startsWith('paced') ? { rate: { limit: 10, perMs: 1000, burst: 1 } } : { concurrency: 1 }),
    timed,
    () => assert.fail('nothing waits'),
  );
  for (let key = 0; key < 1000; key++) {
    for (const kind of ['paced', 'bounded']) {
      const [limit] = limits.of([`${kind} ${key}`], now);
      const waiting = { limits: [limit!] } as never;
      limit!.begin(now);
      limits.end(waiting, now);
    }
  }
  assert.equal(limits.size, 1000, 'only those that have begun less than a tenth of a second ago');
  now = 101;
  for (let first = timed.peek(); first !== undefined && first.readyAt <= now; first = timed.peek()) {
    timed.remove(first);
    assert.ok(limits.wake(first, now));
  }
  assert.equal(limits.size, 0);
});

test('a key that is used again before its rate has recovered keeps what it owes', () => {
  let now = 0;
  const scheduler = new GateScheduler<number>({
    slots: 10,
    now: () => now,
    limitOf: () => ({ rate: { limit: 1, perMs: 1000, burst: 1 } }),
  });
  scheduler.push('a', 1, { limits: ['tenant'] });
  scheduler.end(scheduler.take()!, { class: 'ok' });
  scheduler.push('b', 2, { limits: ['tenant'] });
  assert.equal(scheduler.take(), undefined);
  assert.equal(scheduler.opensAt(), 1000);
  now = 1000;
  assert.equal(scheduler.take()?.item, 2);
});
