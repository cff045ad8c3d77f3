import assert from 'node:assert/strict';
import { test } from 'node:test';
import { moveOnAfter, type Permit, Semaphore, sleep, taskGroup, timeout } from '@sluice/core';
import { testRun } from '@sluice/core/testing';
import fc from 'fast-check';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

const borrower = fc.record({
  startsAt: fc.nat(6),
  holdsFor: fc.nat(4),
  patience: fc.option(fc.nat(6), { nil: undefined }),
  cancelledAt: fc.option(fc.nat(10), { nil: undefined }),
  tries: fc.boolean(),
});
const plan = fc.record({
  limit: fc.integer({ min: 1, max: 3 }),
  borrowers: fc.array(borrower, { minLength: 1, maxLength: 14 }),
  resizes: fc.array(fc.record({ at: fc.nat(10), limit: fc.nat(4) }), { maxLength: 3 }),
});

for (const seeded of [true, false]) {
  test(`permits are conserved, ${seeded ? 'in any order of wake-ups' : 'first in, first out'}, whatever is cancelled, timed out or resized`, () =>
    fc.assert(
      fc.asyncProperty(plan, fc.integer(), async ({ limit, borrowers, resizes }, seed) => {
        const semaphore = new Semaphore(limit);
        const asked: number[] = [];
        const granted: number[] = [];
        const given = new Set<Permit>();
        let holders = 0;
        const finalLimit = resizes.length === 0 ? limit : 3;
        await testRun(
          // A hang shows as a timeout: time jumps to it.
          () =>
            timeout('1h', () =>
              taskGroup(async (group) => {
                for (const { at, limit: next } of resizes) {
                  group.spawn(async () => {
                    await sleep(at);
                    semaphore.limit = next;
                  });
                }
                group.spawn(async () => {
                  await sleep(20);
                  semaphore.limit = finalLimit;
                });
                borrowers.forEach(({ startsAt, holdsFor, patience, cancelledAt, tries }, id) => {
                  const hold = async (permit: Permit): Promise<void> => {
                    using held = permit;
                    assert.equal(given.has(held), false, 'a permit is given to one');
                    given.add(held);
                    granted.push(id);
                    holders++;
                    assert.equal(semaphore.statistics().held >= holders, true);
                    if (resizes.length === 0) assert.ok(holders <= limit, `${holders} at once`);
                    try {
                      await sleep(holdsFor);
                    } finally {
                      holders--;
                    }
                  };
                  const borrow = async (): Promise<void> => {
                    if (tries) {
                      const permit = semaphore.tryAcquire();
                      if (permit !== undefined) {
                        asked.push(id);
                        // As late as one that had it from acquire().
                        await Promise.resolve();
                        await hold(permit);
                        return;
                      }
                    }
                    asked.push(id);
                    await hold(await semaphore.acquire());
                  };
                  const task = group.spawn(async () => {
                    await sleep(startsAt);
                    if (patience === undefined) await borrow();
                    else await moveOnAfter(patience, borrow);
                  });
                  if (cancelledAt !== undefined) {
                    group.spawn(async () => {
                      await sleep(cancelledAt);
                      task.cancel();
                    });
                  }
                });
              }),
            ),
          seeded ? { seed } : {},
        );
        assert.deepEqual(semaphore.statistics(), { limit: finalLimit, held: 0, waiting: 0 });
        assert.equal(holders, 0);
        if (!seeded)
          assert.deepEqual(
            granted,
            asked.filter((id) => granted.includes(id)),
            'first in, first out',
          );
        for (const [id, { patience, cancelledAt }] of borrowers.entries())
          if (patience === undefined && cancelledAt === undefined)
            assert.ok(granted.includes(id), 'who waits on is served');
      }),
      { numRuns: 150 },
    ));
}

test('release and cancel in one turn, in any order among holders and waiters, lose no permit', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ kind: fc.constantFrom('release', 'cancel', 'limit' as const), which: fc.nat(9) }), {
        maxLength: 14,
      }),
      fc.integer(),
      (steps, seed) =>
        testRun(
          () =>
            timeout('1h', async () => {
              const semaphore = new Semaphore(2);
              const held: Permit[] = [await semaphore.acquire(), await semaphore.acquire()];
              const got: number[] = [];
              await taskGroup(async (group) => {
                const waiters = Array.from({ length: 6 }, (_, id) =>
                  group.spawn(async () => {
                    using _permit = await semaphore.acquire();
                    got.push(id);
                    await sleep(1);
                  }),
                );
                await sleep(1);
                for (const { kind, which } of steps) {
                  if (kind === 'release') held.pop()?.release();
                  else if (kind === 'cancel') waiters[which % waiters.length]!.cancel();
                  else semaphore.limit = 1 + (which % 4);
                  assert.ok(semaphore.statistics().held <= Math.max(2, semaphore.limit, 4));
                }
                for (const permit of held.splice(0)) permit.release();
              });
              assert.equal(new Set(got).size, got.length);
              assert.equal(semaphore.statistics().held, 0);
              assert.equal(semaphore.statistics().waiting, 0);
            }),
          { seed },
        ),
    ),
    { numRuns: 200 },
  ));
