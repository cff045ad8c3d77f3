import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Breaker } from '../../src/gate/breaker.ts';

function failing(breaker: Breaker, times: number, nowMs = 0): void {
  for (let count = 0; count < times; count++) breaker.failure(nowMs, breaker.begin(nowMs));
}

test('it opens at ten failures in a row, and not at nine', () => {
  const breaker = new Breaker();
  failing(breaker, 9);
  assert.equal(breaker.state(0), 'closed');
  breaker.success(false);
  failing(breaker, 9);
  assert.equal(breaker.state(0), 'closed', 'a success ends the row');
  failing(breaker, 1);
  assert.equal(breaker.state(0), 'open');
  assert.equal(breaker.readyAt(5), 30_000);
});

test('it opens when half of the last twenty failed, and not before there were twenty', () => {
  const breaker = new Breaker({ inARow: 100 });
  failing(breaker, 19);
  assert.equal(breaker.state(0), 'closed');
  const mixed = new Breaker({ inARow: 100 });
  for (let count = 0; count < 10; count++) {
    mixed.success(false);
    mixed.failure(0, false);
  }
  assert.equal(mixed.state(0), 'open');
});

test('after its time one probe may pass, whose answer decides', () => {
  const breaker = new Breaker({ openMs: 1000 });
  failing(breaker, 10);
  assert.equal(breaker.readyAt(999), 1000);
  assert.equal(breaker.readyAt(1000), 1000);
  assert.equal(breaker.begin(1000), true);
  assert.equal(breaker.readyAt(1001), Number.POSITIVE_INFINITY, 'one probe at a time');
  breaker.failure(1500, true);
  assert.equal(breaker.readyAt(1500), 2500);
  assert.equal(breaker.begin(2500), true);
  breaker.success(true);
  assert.equal(breaker.state(2500), 'closed');
  failing(breaker, 9, 2500);
  assert.equal(breaker.state(2500), 'closed', 'what was counted before is forgotten');
});

test('a probe that was taken back makes room for another one', () => {
  const breaker = new Breaker({ openMs: 1 });
  failing(breaker, 10);
  assert.equal(breaker.begin(1), true);
  breaker.giveBack();
  assert.equal(breaker.readyAt(1), 1);
  assert.equal(breaker.begin(1), true);
});

test('an answer to a request from before it opened does not close it', () => {
  const breaker = new Breaker();
  failing(breaker, 10);
  breaker.success(false);
  assert.equal(breaker.state(0), 'open');
});

const step = fc.record({ afterMs: fc.nat(20_000), end: fc.nat(3), how: fc.constantFrom('ok', 'failed', 'back') });

test('in any order of events it lets a probe pass again sooner or later, and never two at once', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const breaker = new Breaker({ inARow: 3, of: 6 });
      const underWay: boolean[] = [];
      let now = 0;
      for (const { afterMs, end, how } of steps) {
        now += afterMs;
        if (breaker.readyAt(now) <= now) underWay.push(breaker.begin(now));
        assert.ok(underWay.filter((isProbe) => isProbe).length <= 1, 'two probes');
        const [isProbe] = underWay.splice(end, 1);
        if (isProbe === undefined) continue;
        if (how === 'ok') breaker.success(isProbe);
        else if (how === 'failed') breaker.failure(now, isProbe);
        else if (isProbe) breaker.giveBack();
      }
      for (const isProbe of underWay) breaker.failure(now, isProbe);
      assert.ok(breaker.readyAt(now) <= now + 30_000, 'shut for good');
    }),
  );
});
