import assert from 'node:assert/strict';
import { test } from 'node:test';
import { map, moveOnAfter, now, rateLimiter, sleep, taskGroup, timeout, UsageError } from '@sluice/core';
import { ManualClock, testRun, waitUntilBlocked } from '@sluice/core/testing';
import fc from 'fast-check';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

test('permits are evenly spaced; after a pause a burst goes at once', () =>
  testRun(async () => {
    const even = rateLimiter({ limit: 10, per: '1s' });
    const startedAt = await map(Array(4), async () => {
      await even.acquire();
      return now();
    });
    assert.deepEqual(startedAt, [0, 100, 200, 300]);
    await sleep('1h');
    assert.ok(even.tryAcquire());
    assert.equal(even.tryAcquire(), undefined, 'time that nobody used is not saved');
    const bursty = rateLimiter({ limit: 10, burst: 3 });
    const begin = now();
    const times = await map(Array(5), async () => {
      await bursty.acquire();
      return now() - begin;
    });
    assert.deepEqual(times, [0, 0, 0, 100, 200]);
    assert.deepEqual(bursty.statistics(), { limit: 10, perMs: 1000, burst: 3, waiting: 0, freeAt: begin + 300 });
  }));

test('a permit is spent when it is given, and released once', () =>
  testRun(async () => {
    const limiter = rateLimiter({ limit: 1, per: '1s' });
    const permit = await limiter.acquire();
    permit.release();
    assert.throws(() => permit.release(), UsageError);
    assert.equal(limiter.tryAcquire(), undefined);
    await limiter.acquire();
    assert.equal(now(), 1000);
  }));

test('a newcomer does not pass who waits, also between the time of a permit and the timer that is late', async () => {
  class LateClock extends ManualClock {
    lagMs = 0;
    override now(): number {
      return super.now() + this.lagMs;
    }
  }
  const clock = new LateClock();
  await testRun(
    () =>
      taskGroup(async (group) => {
        const limiter = rateLimiter({ limit: 1, per: '1s' });
        await limiter.acquire();
        const waiting = group.spawn(() => limiter.acquire());
        await waitUntilBlocked();
        clock.lagMs = 1500;
        assert.equal(limiter.tryAcquire(), undefined);
        clock.advance(1000);
        await waiting;
      }),
    { clock },
  );
});

test('a rate that cannot be is a usage error', () => {
  for (const limit of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => rateLimiter({ limit }), UsageError);
  assert.throws(() => rateLimiter({ limit: 1, burst: 0 }), UsageError);
  assert.throws(() => rateLimiter({ limit: 1, per: 0 }), UsageError);
});

test('at any interleaving of acquire, cancel and timeout: never more than the rate, first in first out, no slot lost', () =>
  fc.assert(
    fc.asyncProperty(
      fc.record({ limit: fc.integer({ min: 1, max: 5 }), burst: fc.integer({ min: 1, max: 3 }) }),
      fc.array(
        fc.record({
          at: fc.nat(60),
          patience: fc.option(fc.nat(40), { nil: undefined }),
          cancelledAt: fc.option(fc.nat(120), { nil: undefined }),
        }),
        { minLength: 1, maxLength: 14 },
      ),
      fc.integer(),
      fc.boolean(),
      async ({ limit, burst }, askers, seed, seeded) => {
        const perMs = 20;
        const intervalMs = perMs / limit;
        const limiter = rateLimiter({ limit, per: perMs, burst });
        const asked: number[] = [];
        const granted: { id: number; at: number }[] = [];
        await testRun(
          () =>
            timeout('1h', () =>
              taskGroup((group) => {
                askers.forEach(({ at, patience, cancelledAt }, id) => {
                  const ask = async (): Promise<void> => {
                    asked.push(id);
                    await limiter.acquire();
                    granted.push({ id, at: now() });
                  };
                  const task = group.spawn(async () => {
                    await sleep(at);
                    await (patience === undefined ? ask() : moveOnAfter(patience, ask));
                  });
                  group.spawn(async () => {
                    await sleep(cancelledAt ?? 100_000);
                    task.cancel();
                  });
                });
              }),
            ),
          seeded ? { seed } : {},
        );
        for (let first = 0; first < granted.length; first++) {
          for (let last = first; last < granted.length; last++) {
            const span = granted[last]!.at - granted[first]!.at;
            const most = Math.floor(span / intervalMs + 1e-9) + burst;
            assert.ok(last - first + 1 <= most, `${last - first + 1} permits in ${span} ms, not ${most}`);
          }
        }
        const ids = granted.map(({ id }) => id);
        if (!seeded)
          assert.deepEqual(
            ids,
            asked.filter((id) => ids.includes(id)),
          );
        askers.forEach(({ patience, cancelledAt }, id) => {
          if (patience === undefined && cancelledAt === undefined) assert.ok(ids.includes(id));
        });
        // Slots pass on: with everybody there, each permit comes as soon as the rate allows.
        for (const [index, { at }] of granted.entries()) {
          if (index === 0) continue;
          const asker = askers[ids[index]!]!;
          const earliest = Math.max(asker.at, granted[Math.max(0, index - 1)]!.at);
          assert.ok(at <= earliest + intervalMs + 1e-6, `permit ${index} came ${at - earliest} ms late`);
        }
        assert.equal(limiter.statistics().waiting, 0);
      },
    ),
    { numRuns: 200 },
  ));
