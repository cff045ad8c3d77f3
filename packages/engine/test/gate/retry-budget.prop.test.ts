import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RetryBudget } from '../../src/gate/retry-budget.ts';

test('retries never exceed a fifth of the successes and the few that are free', () => {
  const step = fc.record({ afterMs: fc.nat(500), successes: fc.nat(8) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const budget = new RetryBudget({}, 0);
      let now = 0;
      let successes = 0;
      let retries = 0;
      for (const { afterMs, successes: more } of steps) {
        now += afterMs;
        for (let count = 0; count < more; count++) budget.success();
        successes += more;
        while (budget.readyAt(now) <= now) {
          budget.take(now);
          retries++;
        }
        assert.ok(
          retries <= successes * 0.2 + (now / 1000) * 10 + 10 + 1e-3,
          `${retries} of ${successes} in ${now} ms`,
        );
      }
    }),
  );
});

test('a host that only fails still gets its ten retries a second, so its last items come to their end', () => {
  const budget = new RetryBudget({}, 0);
  let retries = 0;
  for (let now = 0; now < 10_000; now = budget.readyAt(now)) {
    budget.take(now);
    retries++;
  }
  assert.ok(retries >= 100 && retries <= 111, String(retries));
});

test('what is saved has a bound, and a retry that was not made comes back', () => {
  const budget = new RetryBudget({ most: 5, perSecond: 0 }, 0);
  for (let count = 0; count < 1000; count++) budget.success();
  for (let count = 0; count < 5; count++) budget.take(0);
  assert.equal(budget.readyAt(0), Number.POSITIVE_INFINITY);
  budget.giveBack();
  assert.equal(budget.readyAt(0), 0);
});

test('free retries are not saved up beyond a second, and what was earned is kept', () => {
  const budget = new RetryBudget({ perSecond: 10 }, 0);
  for (let count = 0; count < 200; count++) budget.success();
  let retries = 0;
  for (const now = 3_600_000; budget.readyAt(now) <= now; retries++) budget.take(now);
  assert.equal(retries, 50);
});
