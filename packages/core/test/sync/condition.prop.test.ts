import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Condition, Lock, moveOnAfter, sleep, taskGroup, timeout } from '@sluice/core';
import { testRun } from '@sluice/core/testing';
import fc from 'fast-check';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

const user = fc.record({
  startsAt: fc.nat(6),
  holdsFor: fc.nat(4),
  patience: fc.option(fc.nat(6), { nil: undefined }),
  cancelledAt: fc.option(fc.nat(12), { nil: undefined }),
});

test('one at a time has a lock, whatever is cancelled or times out, and it is free at the end', () =>
  fc.assert(
    fc.asyncProperty(fc.array(user, { minLength: 1, maxLength: 12 }), fc.integer(), async (users, seed) => {
      const lock = new Lock();
      let holders = 0;
      const served = new Set<number>();
      await testRun(
        () =>
          timeout('1h', () =>
            taskGroup((group) => {
              users.forEach(({ startsAt, holdsFor, patience, cancelledAt }, id) => {
                const hold = (): Promise<void> =>
                  lock.with(async () => {
                    assert.equal(++holders, 1);
                    assert.equal(lock.isMine, true);
                    served.add(id);
                    try {
                      await sleep(holdsFor);
                    } finally {
                      holders--;
                    }
                  });
                const task = group.spawn(async () => {
                  await sleep(startsAt);
                  await (patience === undefined ? hold() : moveOnAfter(patience, hold));
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
        { seed },
      );
      assert.deepEqual(lock.statistics(), { isLocked: false, owner: undefined, waiting: 0 });
      for (const [id, { patience, cancelledAt }] of users.entries())
        if (patience === undefined && cancelledAt === undefined) assert.ok(served.has(id), 'who waits on is served');
    }),
    { numRuns: 150 },
  ));

test('a store under a condition gives every item to one consumer, and none starves while items are left', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(user, { minLength: 1, maxLength: 10 }),
      fc.array(fc.nat(12), { maxLength: 14 }),
      fc.integer(),
      async (consumers, putsAt, seed) => {
        const changed = new Condition();
        let stock = 0;
        let taken = 0;
        let faithful = 0;
        await testRun(
          () =>
            timeout('1h', () =>
              taskGroup((group) => {
                for (const at of putsAt) {
                  group.spawn(async () => {
                    await sleep(at);
                    await changed.with(() => {
                      stock++;
                      changed.notify();
                    });
                  });
                }
                const tasks = consumers.map(({ startsAt, holdsFor, patience, cancelledAt }) => {
                  if (patience === undefined && cancelledAt === undefined) faithful++;
                  const consume = async (): Promise<void> => {
                    using _permit = await changed.acquire();
                    try {
                      await changed.waitFor(() => stock > 0);
                    } finally {
                      assert.equal(changed.lock.isMine, true, 'however the wait ends, the lock is held');
                    }
                    stock--;
                    taken++;
                    await sleep(holdsFor);
                  };
                  const task = group.spawn(async () => {
                    await sleep(startsAt);
                    await (patience === undefined ? consume() : moveOnAfter(patience, consume));
                  });
                  if (cancelledAt !== undefined) {
                    group.spawn(async () => {
                      await sleep(cancelledAt);
                      task.cancel();
                    });
                  }
                  return task;
                });
                group.spawn(async () => {
                  await sleep(1000);
                  for (const task of tasks) task.cancel('the day is over');
                });
              }),
            ),
          { seed },
        );
        assert.equal(stock + taken, putsAt.length);
        assert.ok(stock === 0 || taken >= faithful, `${stock} left, ${taken} taken, ${faithful} waited to the end`);
        assert.equal(changed.statistics().waiting, 0);
        assert.equal(changed.lock.isLocked, false);
      },
    ),
    { numRuns: 200 },
  ));
