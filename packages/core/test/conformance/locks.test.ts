import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Barrier,
  BrokenBarrierError,
  Condition,
  cancelScope,
  isCancelled,
  Lock,
  moveOnAfter,
  type Permit,
  sleep,
  taskGroup,
  UsageError,
} from '@sluice/core';
import { testRun, waitUntilBlocked } from '@sluice/core/testing';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

test('56: a lock is given back by its owner alone, and once', () =>
  testRun(async () => {
    const lock = new Lock();
    await taskGroup(async (group) => {
      const permit = await lock.acquire();
      await group.spawn(() => {
        assert.throws(() => permit.release(), /task-\d+' cannot give back a lock that task/);
        assert.throws(() => permit[Symbol.dispose](), UsageError);
        assert.equal(lock.isMine, false);
      });
      assert.equal(lock.isLocked, true, 'the attempt changed nothing');
      assert.equal(lock.isMine, true);
      permit.release();
      assert.throws(() => permit.release(), UsageError);
      permit[Symbol.dispose]();
      assert.deepEqual(lock.statistics(), { isLocked: false, owner: undefined, waiting: 0 });
    });
  }));

test('53: a lock goes to those who wait for it first in, first out, and no newcomer passes them', () =>
  testRun(() =>
    taskGroup(async (group) => {
      const lock = new Lock();
      const order: number[] = [];
      const first = await lock.acquire();
      for (let id = 0; id < 3; id++) {
        group.spawn(async () => {
          using _permit = await lock.acquire();
          order.push(id);
        });
      }
      await waitUntilBlocked();
      first.release();
      assert.equal(lock.tryAcquire(), undefined, 'it was handed over already');
      await lock.with(() => order.push(3));
      assert.deepEqual(order, [0, 1, 2, 3]);
    }),
  ));

test('54: a waiter that is granted the lock and cancelled in the same turn gives it on', () =>
  testRun(() =>
    taskGroup(async (group) => {
      const lock = new Lock();
      const permit = await lock.acquire();
      const granted = group.spawn(() => lock.with(() => sleep(10)));
      await waitUntilBlocked();
      permit.release();
      granted.cancel();
      await lock.with(() => {});
      assert.equal(granted.state, 'cancelled');
    }),
  ));

test('58: a condition that is cancelled while it waits holds its lock again before the cancellation leaves', () =>
  testRun(() =>
    taskGroup(async (group) => {
      const condition = new Condition();
      const seen: string[] = [];
      const waiter = group.spawn(async () => {
        using _permit = await condition.acquire();
        try {
          await condition.wait();
        } catch (error) {
          seen.push(`left: cancelled ${isCancelled(error)}, holds ${condition.lock.isMine}`);
          throw error;
        }
      });
      await waitUntilBlocked();
      const permit = await condition.acquire();
      waiter.cancel();
      await sleep(5);
      assert.deepEqual(seen, [], 'it waits for the lock, cancelled or not');
      permit.release();
      await sleep(1);
      assert.deepEqual(seen, ['left: cancelled true, holds true']);
      assert.equal(condition.lock.isLocked, false);
    }),
  ));

test('58: a notification for a waiter that is cancelled before it has the lock goes to another', () =>
  testRun(() =>
    taskGroup(async (group) => {
      const condition = new Condition();
      const woken: number[] = [];
      const waiters = [0, 1].map((id) =>
        group.spawn(async () => {
          using _permit = await condition.acquire();
          await condition.wait();
          woken.push(id);
        }),
      );
      await waitUntilBlocked();
      await condition.with(() => {
        condition.notify();
        waiters[0]!.cancel();
      });
      await waiters[1];
      assert.deepEqual(woken, [1]);
      assert.equal(waiters[0]!.state, 'cancelled');
    }),
  ));

test('58: a wait that times out holds the lock again, and its place in the queue is free', () =>
  testRun(async () => {
    const condition = new Condition();
    using _permit = await condition.acquire();
    const { timedOut } = await moveOnAfter(10, () => condition.wait());
    assert.equal(timedOut, true);
    assert.equal(condition.lock.isMine, true);
    assert.equal(condition.statistics().waiting, 0);
  }));

test('a condition wakes as many as are notified, the longest waiters first, and lets conditions share a lock', () =>
  testRun(() =>
    taskGroup(async (group) => {
      const lock = new Lock();
      const condition = new Condition(lock);
      const other = new Condition(lock);
      const woken: string[] = [];
      const waitOn = (on: Condition, name: string): void => {
        group.spawn(async () => {
          using _permit = await on.acquire();
          await on.wait();
          woken.push(name);
        });
      };
      for (const name of ['a', 'b', 'c', 'd']) waitOn(condition, name);
      waitOn(other, 'other');
      await waitUntilBlocked();
      await condition.with(() => condition.notify(2));
      await waitUntilBlocked();
      assert.deepEqual(woken, ['a', 'b']);
      await condition.with(() => condition.notifyAll());
      await waitUntilBlocked();
      assert.deepEqual(woken, ['a', 'b', 'c', 'd']);
      await lock.with(() => other.notify());
    }),
  ));

test('wait and notify without the lock are usage errors', () =>
  testRun(async () => {
    const condition = new Condition();
    await assert.rejects(() => condition.wait(), UsageError);
    assert.throws(() => condition.notify(), UsageError);
    await taskGroup(async (group) => {
      using _permit = await condition.acquire();
      await group.spawn(async () => {
        await assert.rejects(() => condition.wait(), /does not hold the lock/);
      });
    });
  }));

test('a permit that is released while its condition waits is a usage error, and the wait ends well', () =>
  testRun(() =>
    taskGroup(async (group) => {
      const condition = new Condition();
      let permit: Permit | undefined;
      let ready = false;
      group.spawn(async () => {
        permit = await condition.acquire();
        await Promise.all([
          condition.waitFor(() => ready),
          (async () => {
            await sleep(1);
            assert.throws(() => permit!.release(), /condition.wait\(\) has not ended/);
          })(),
        ]);
        permit.release();
      });
      await sleep(5);
      await condition.with(() => {
        ready = true;
        condition.notify();
      });
    }),
  ));

test('a barrier lets all go when the last one comes, each with an index of its own, and can be used again', () =>
  testRun(() =>
    taskGroup(async (group) => {
      const barrier = new Barrier(3);
      for (let round = 0; round < 2; round++) {
        const tasks = [0, 1].map(() => group.spawn(() => barrier.wait()));
        await waitUntilBlocked();
        assert.equal(barrier.statistics().waiting, 2);
        const last = await barrier.wait();
        assert.deepEqual([...(await Promise.all(tasks)), last], [0, 1, 2]);
      }
      assert.deepEqual(barrier.statistics(), { parties: 3, waiting: 0, isBroken: false });
    }),
  ));

test('a barrier does not count one that was cancelled, and abort and reset end the wait of the others', () =>
  testRun(() =>
    taskGroup(async (group) => {
      const barrier = new Barrier(2);
      await cancelScope(async (scope) => {
        scope.deadline = 1;
        await barrier.wait();
      });
      assert.equal(barrier.statistics().waiting, 0);
      for (const end of ['abort', 'reset'] as const) {
        const waiting = group.spawn(() => assert.rejects(() => barrier.wait(), BrokenBarrierError));
        await waitUntilBlocked();
        barrier[end]();
        await waiting;
        if (end === 'reset') break;
        assert.equal(barrier.isBroken, true);
        await assert.rejects(() => barrier.wait(), BrokenBarrierError);
        barrier.reset();
      }
      assert.equal(barrier.isBroken, false);
      assert.equal(await new Barrier(1).wait(), 0);
      assert.throws(() => new Barrier(0), UsageError);
    }),
  ));
