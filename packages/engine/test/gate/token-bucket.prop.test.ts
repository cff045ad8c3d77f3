import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TokenBucket } from '../../src/gate/token-bucket.ts';

const rate = fc.record({
  limit: fc.integer({ min: 1, max: 10_000 }),
  perMs: fc.constantFrom(100, 1000, 60_000),
  burst: fc.integer({ min: 1, max: 500 }),
});
const wishes = fc.array(
  fc.record({ afterMs: fc.double({ min: 0, max: 2000, noNaN: true }), amount: fc.integer({ min: 1, max: 20 }) }),
  { maxLength: 60 },
);

test('whoever waits for the bucket never gets more than burst and rate allow, in any stretch of time', () => {
  fc.assert(
    fc.property(rate, wishes, (options, list) => {
      const bucket = new TokenBucket(options, 0);
      const taken: { readonly at: number; readonly amount: number }[] = [];
      let now = 0;
      for (const { afterMs, amount } of list) {
        now = bucket.readyAt(now + afterMs, amount);
        bucket.take(now, amount);
        taken.push({ at: now, amount });
      }
      for (let from = 0; from < taken.length; from++) {
        let sum = 0;
        for (let to = from; to < taken.length; to++) {
          sum += taken[to]!.amount;
          const span = taken[to]!.at - taken[from]!.at;
          // One request that is larger than the burst goes when the bucket is full.
          const allowed = Math.max(options.burst, 20) + (span * options.limit) / options.perMs;
          assert.ok(sum <= allowed + 0.01, `${sum} in ${span} ms, ${allowed} allowed`);
        }
      }
    }),
  );
});

test('the time that it names is the earliest: a moment before, it is not ready', () => {
  fc.assert(
    fc.property(rate, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), (options, first, second) => {
      const bucket = new TokenBucket(options, 0);
      bucket.take(0, first + options.burst);
      const at = bucket.readyAt(0, second);
      assert.ok(at > 0);
      assert.ok(bucket.readyAt(at * 0.999, second) > at * 0.999);
      assert.ok(bucket.readyAt(at, second) <= at + 1e-6);
    }),
  );
});

test('an estimate that was too high comes back, one that was too low is owed', () => {
  const bucket = new TokenBucket({ limit: 1000, perMs: 1000, burst: 1000 }, 0);
  bucket.take(0, 800);
  bucket.correct(0, 500);
  assert.equal(bucket.level(0), 700);
  bucket.correct(0, -1700);
  assert.equal(bucket.level(0), -1000);
  assert.equal(bucket.readyAt(0), 1001);
  bucket.correct(0, 1e9);
  assert.equal(bucket.level(0), 1000, 'never more than the burst');
});

test('another rate keeps what is owed and what is saved, as far as the new burst allows', () => {
  const bucket = new TokenBucket({ limit: 100, perMs: 1000, burst: 100 }, 0);
  bucket.configure({ limit: 10, perMs: 1000, burst: 5 }, 0);
  assert.equal(bucket.level(0), 5);
  bucket.take(0, 15);
  bucket.configure({ limit: 1, perMs: 1000 }, 500);
  assert.equal(bucket.level(500), -5);
  assert.equal(bucket.readyAt(500), 6500);
});

test('a clock that goes back neither fills nor empties it', () => {
  const bucket = new TokenBucket({ limit: 1, perMs: 1, burst: 10 }, 100);
  bucket.take(100, 10);
  assert.equal(bucket.level(50), 0);
  assert.equal(bucket.level(105), 5);
});
