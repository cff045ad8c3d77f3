import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AdaptiveLimit, adaptiveLimit, map, now, random, sleep, UsageError } from '@sluice/core';
import { testRun, waitUntilBlocked } from '@sluice/core/testing';
import { Aimd, Gradient2, Vegas } from '../../src/policy/limit-algorithms.ts';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

const algorithms = ['aimd', 'vegas', 'gradient2'] as const;

/** A server that works on `capacity` calls at once, each 20 ms; more queue, and beyond a queue of `capacity` they are dropped. */
async function drive(limit: AdaptiveLimit, capacity: () => number, calls: number): Promise<number[]> {
  const seen: number[] = [];
  let inside = 0;
  await map(
    Array(calls),
    async () => {
      const permit = await limit.acquire();
      inside++;
      try {
        if (inside > 2 * capacity()) {
          await sleep(1);
          permit.dropped();
          return;
        }
        await sleep(20 * Math.max(1, inside / capacity()) * (0.95 + random() / 10));
        permit.success();
      } finally {
        inside--;
        seen.push(limit.limit);
      }
    },
    { concurrency: 300 },
  );
  return seen;
}

for (const algorithm of algorithms) {
  for (const seed of [1, 2, 3]) {
    test(`${algorithm} finds what a server takes, and follows when that becomes less (seed ${seed})`, () =>
      testRun(
        async () => {
          let capacity = 40;
          const limit = adaptiveLimit({ algorithm, max: 300 });
          const before = (await drive(limit, () => capacity, 6000)).slice(-1000);
          const mean = before.reduce((sum, one) => sum + one, 0) / before.length;
          assert.ok(mean > 20 && mean < 100, `${algorithm} settled at ${mean} for a capacity of 40`);
          capacity = 10;
          const after = (await drive(limit, () => capacity, 6000)).slice(-1000);
          const less = after.reduce((sum, one) => sum + one, 0) / after.length;
          assert.ok(less < mean * 0.8, `${algorithm} went from ${mean} to ${less} for a capacity of 10`);
          assert.ok(less >= 5, `${less} is too little for a capacity of 10`);
        },
        { seed },
      ));
  }

  test(`${algorithm} stays within its bounds whatever is reported`, () =>
    testRun(async () => {
      const limit = adaptiveLimit({ algorithm, min: 3, max: 9, initial: 5 });
      for (let round = 0; round < 500; round++) {
        const permit = await limit.acquire();
        await sleep(random() * 50);
        if (round % 200 < 100) permit.dropped();
        else permit.success();
        assert.ok(limit.limit >= 3 && limit.limit <= 9, `${limit.limit}`);
      }
    }));
}

test('a permit released without a word counts for nothing; each is given back once', () =>
  testRun(async () => {
    const limit = adaptiveLimit({ algorithm: 'aimd', initial: 2, min: 1 });
    {
      using _permit = await limit.acquire();
      using other = await limit.acquire();
      assert.equal(limit.tryAcquire(), undefined);
      other.release();
      assert.throws(() => other.success(), UsageError);
    }
    assert.deepEqual(limit.statistics(), { limit: 2, held: 0, waiting: 0 });
    const permit = await limit.acquire();
    permit.success();
    assert.equal(limit.limit, 3);
    assert.throws(() => permit.dropped(), UsageError);
    assert.equal(limit.limit, 3, 'said twice, it counts once');
    permit[Symbol.dispose]();
  }));

test('a drop lowers the limit before the permit goes to whoever waits', () =>
  testRun(async () => {
    const limit = adaptiveLimit({ algorithm: 'aimd', initial: 10 });
    const held = await Promise.all(Array.from({ length: 10 }, () => limit.acquire()));
    const waiting = limit.acquire();
    held[0]!.dropped();
    assert.equal(limit.limit, 9);
    await waitUntilBlocked();
    assert.deepEqual(limit.statistics(), { limit: 9, held: 9, waiting: 1 });
    held[1]!.release();
    (await waiting).release();
    for (const permit of held.slice(2)) permit.release();
    assert.equal(now(), 0);
  }));

test('bounds that cannot be and unknown algorithms are usage errors', () => {
  for (const options of [
    { min: 0 },
    { min: 5, max: 4 },
    { initial: 0 },
    { max: Number.POSITIVE_INFINITY },
    { min: 1.5 },
  ])
    assert.throws(() => adaptiveLimit(options), UsageError);
  assert.throws(() => adaptiveLimit({ algorithm: 'magic' as never }), UsageError);
});

test('AIMD grows by one only when at least half of it is used, and drops to nine tenths', () => {
  const aimd = new Aimd();
  assert.equal(aimd.next(20, { rttMs: 1, inFlight: 10, dropped: false }), 21);
  assert.equal(aimd.next(20, { rttMs: 1, inFlight: 9, dropped: false }), 20);
  assert.equal(aimd.next(20, { rttMs: 1, inFlight: 20, dropped: true }), 18);
});

test('Vegas grows fast without a queue, stays with a short one, shrinks with a long one, and forgets the least latency', () => {
  const vegas = new Vegas(() => 1);
  const sample = (rttMs: number, inFlight = 100, dropped = false) => ({ rttMs, inFlight, dropped });
  assert.equal(vegas.next(100, sample(10)), 100, 'it learns the least latency');
  assert.equal(vegas.next(100, sample(10)), 112, 'no queue');
  assert.equal(vegas.next(100, sample(10.5)), 102, '5 queue');
  assert.equal(vegas.next(100, sample(11)), 100, '10 queue');
  assert.equal(vegas.next(100, sample(12)), 98, '17 queue');
  assert.equal(vegas.next(100, sample(12, 49)), 100, 'not used');
  assert.equal(vegas.next(100, sample(1, 100, true)), 98);
  for (let count = 7; count < 3000; count++) vegas.next(100, sample(20));
  assert.equal(vegas.next(100, sample(20)), 112, '20 is the least now');
});

test('Gradient2 grows while latency is as it was, and shrinks in proportion when it is far above', () => {
  const gradient = new Gradient2();
  const sample = (rttMs: number, inFlight = 100, dropped = false) => ({ rttMs, inFlight, dropped });
  for (let count = 0; count < 20; count++) gradient.next(100, sample(10));
  assert.ok(Math.abs(gradient.next(100, sample(10)) - 100.8) < 1e-9, 'a small queue, smoothed');
  assert.equal(gradient.next(100, sample(10, 40)), 100, 'not used');
  const shrunk = gradient.next(100, sample(20));
  assert.ok(shrunk > 95 && shrunk < 96.5, `1.5 times the long-term latency of a good 10 over 20: ${shrunk}`);
  assert.equal(gradient.next(100, sample(1, 100, true)), 90);
});
