import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AnnouncedGate } from '../../src/gate/announced-limit.ts';
import type { AnnouncedLimit } from '../../src/gate/read-rate-headers.ts';

function limit(remaining: number, resetMs: number, more: Partial<AnnouncedLimit> = {}): AnnouncedLimit {
  return { name: 'a', unit: 'requests', limit: 10, windowMs: 1000, remaining, resetMs, kind: 'window', ...more };
}

test('nothing bounds the flow before a reply told something', () => {
  const gate = new AnnouncedGate(0);
  for (let count = 0; count < 1000; count++) gate.began(0, 1);
  assert.equal(gate.readyAt(0, 1), 0);
});

test('a window that is used up opens at its reset, not before', () => {
  const gate = new AnnouncedGate(0);
  gate.told(limit(0, 700), 100);
  assert.equal(gate.readyAt(100, 1), 800);
  assert.equal(gate.readyAt(799, 1), 800);
  assert.ok(gate.readyAt(800, 1) <= 800);
});

test('between two replies it never begins more than the server said was left, and spreads it over the window', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 10 }), (remaining, underWay) => {
      const gate = new AnnouncedGate(underWay);
      gate.told(limit(remaining, 10_000, { limit: 100, windowMs: 10_000 }), 0);
      let begun = 0;
      let now = 0;
      for (;;) {
        now = gate.readyAt(now, 1);
        if (now >= 10_000) break;
        gate.began(now, 1);
        begun++;
        if (begun === 10) assert.ok(remaining < 10 || now > 0, 'all at once');
      }
      assert.ok(begun <= Math.max(0, remaining - underWay), `${begun} of ${remaining} with ${underWay} under way`);
    }),
  );
});

test('times that are told in whole seconds, rounded up, do not put off the reset from reply to reply', () => {
  const gate = new AnnouncedGate(0);
  const window = { limit: 100, windowMs: 10_000 };
  gate.told(limit(50, 5000, window), 5000);
  gate.told(limit(0, 5000, window), 5900);
  assert.equal(gate.readyAt(5900, 1), 10_000);
});

test('a limit that fills all the time opens when enough has come back', () => {
  const gate = new AnnouncedGate(0);
  gate.told(limit(0, 1000, { kind: 'refill', windowMs: undefined }), 0);
  assert.ok(Math.abs(gate.readyAt(0, 1) - 100) < 1e-6);
  assert.ok(Math.abs(gate.readyAt(0, 5) - 500) < 1e-6);
});

test('a request that was never sent gives back what it took', () => {
  const gate = new AnnouncedGate(0);
  gate.told(limit(1, 1000), 0);
  gate.began(0, 1);
  assert.equal(gate.readyAt(10, 1), 1000);
  gate.giveBack(1);
  assert.ok(gate.readyAt(10, 1) < 1000 + 1e-6);
  gate.began(1000, 1);
  gate.giveBack(1);
});
