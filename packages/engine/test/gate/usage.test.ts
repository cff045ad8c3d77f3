import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SpendCap } from '../../src/gate/spend-cap.ts';
import { UsageEstimate } from '../../src/gate/usage-estimate.ts';
import { seededRandom } from '../../src/run/seeded-random.ts';

test('a cap on money is never passed while costs stay within their estimates, in any order of beginnings and ends', () => {
  const step = fc.record({
    estimate: fc.integer({ min: 1, max: 30 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    end: fc.nat(5),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const cap = new SpendCap(100);
      const underWay: number[] = [];
      for (const { estimate, share, end } of steps) {
        if (cap.allows(estimate)) {
          cap.begin(estimate);
          underWay.push(estimate);
        } else if (underWay.length === 0)
          assert.ok(cap.isExhausted(estimate), 'waiting would not help, and it does not say so');
        const [reserved] = underWay.splice(end, 1);
        if (reserved !== undefined) cap.end(reserved, reserved * share);
        assert.ok(cap.spent <= 100 + 1e-9);
      }
    }),
  );
});

test('a cap that is reached because of what is under way is not exhausted, and one that is raised is open again', () => {
  const cap = new SpendCap(10, 4);
  cap.begin(6);
  assert.equal(cap.allows(1), false);
  assert.equal(cap.isExhausted(1), false);
  cap.end(6, 6);
  assert.equal(cap.isExhausted(1), true);
  cap.raise(20);
  assert.equal(cap.allows(10), true);
});

test('the estimate of a usage is what was said at first, then a mean and a caution that shrinks with how many are under way', () => {
  const estimate = new UsageEstimate(1000);
  assert.equal(estimate.of(0), 1000);
  estimate.add(300);
  assert.equal(estimate.of(0), 300);
  for (let count = 0; count < 1000; count++) estimate.add(count % 2 === 0 ? 200 : 400);
  assert.ok(Math.abs(estimate.of(0) - 1100) < 20, String(estimate.of(0)));
  assert.ok(Math.abs(estimate.of(15) - 500) < 5, String(estimate.of(15)));
});

test('what is taken for any number that are under way together lies above what they use, all but always', () => {
  const random = seededRandom(5);
  const draw = (): number =>
    200 * Math.exp(Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()) * 0.6);
  const estimate = new UsageEstimate(1000);
  for (let count = 0; count < 500; count++) estimate.add(draw());
  for (const together of [1, 2, 5, 40]) {
    let above = 0;
    for (let round = 0; round < 500; round++) {
      let used = 0;
      let taken = 0;
      for (let count = 0; count < together; count++) {
        taken += estimate.of(count);
        used += draw();
      }
      if (used < taken) above++;
      estimate.add(draw());
    }
    assert.ok(above >= 499, `${above} with ${together}`);
  }
});

test('it follows a usage that changes', () => {
  const estimate = new UsageEstimate(10);
  for (let count = 0; count < 500; count++) estimate.add(100);
  for (let count = 0; count < 1500; count++) estimate.add(1000);
  assert.ok(estimate.of(15) > 950 && estimate.of(15) < 1300, String(estimate.of(15)));
});
