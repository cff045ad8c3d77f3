import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CancelledError,
  cancelScope,
  channel,
  checkpoint,
  Event,
  moveOnAfter,
  type Permit,
  Queue,
  Semaphore,
  sleep,
  sleepForever,
  taskGroup,
  UsageError,
} from '@sluice/core';
import { testRun } from '@sluice/core/testing';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

test('53: waiters get permits first in, first out, and a newcomer cannot pass them', () =>
  testRun(async () => {
    const semaphore = new Semaphore(1);
    const order: string[] = [];
    await taskGroup(async (group) => {
      const held = await semaphore.acquire();
      for (const name of ['a', 'b', 'c']) {
        group.spawn(async () => {
          using _permit = await semaphore.acquire();
          order.push(name);
          await sleep(1);
        });
      }
      await checkpoint();
      await sleep(1);
      assert.equal(semaphore.statistics().waiting, 3);
      held.release();
      // The permit went to 'a' at once, though 'a' has not run yet: there is none for who comes now.
      assert.equal(semaphore.tryAcquire(), undefined);
      const late = semaphore.acquire();
      order.push('newcomer asks');
      (await late).release();
      order.push('newcomer');
    });
    assert.deepEqual(order, ['newcomer asks', 'a', 'b', 'c', 'newcomer']);
    assert.equal(semaphore.statistics().held, 0);
  }));

test('53: raising the limit never lets a newcomer pass the queue', () =>
  testRun(async () => {
    const semaphore = new Semaphore(0);
    await taskGroup(async (group) => {
      const waiting = group.spawn(() => semaphore.acquire());
      await sleep(1);
      semaphore.limit = 1;
      assert.equal(semaphore.tryAcquire(), undefined);
      (await waiting).release();
      const permit = semaphore.tryAcquire();
      assert.notEqual(permit, undefined);
      permit?.release();
    });
  }));

test('54: a head waiter that was cancelled before the release is skipped', () =>
  testRun(async () => {
    const semaphore = new Semaphore(1);
    await taskGroup(async (group) => {
      const held = await semaphore.acquire();
      const head = group.spawn(() => semaphore.acquire());
      const next = group.spawn(() => semaphore.acquire());
      await sleep(1);
      head.cancel();
      held.release();
      (await next).release();
      assert.equal(head.state, 'cancelled');
    });
    assert.deepEqual(semaphore.statistics(), { limit: 1, held: 0, waiting: 0 });
  }));

test('54: a waiter granted and cancelled in the same turn passes its permit on at its next checkpoint', () =>
  testRun(async () => {
    const semaphore = new Semaphore(1);
    let reached = false;
    await taskGroup(async (group) => {
      const held = await semaphore.acquire();
      const head = group.spawn(async () => {
        using _permit = await semaphore.acquire();
        reached = true;
        await sleepForever();
      });
      const next = group.spawn(() => semaphore.acquire());
      await sleep(1);
      held.release();
      head.cancel();
      (await next).release();
      assert.equal(head.state, 'cancelled');
      assert.equal(reached, true);
    });
    assert.equal(semaphore.statistics().held, 0);
  }));

test('55: cancelled waiters are not kept in the queue', () =>
  testRun(async () => {
    const semaphore = new Semaphore(1);
    using _held = await semaphore.acquire();
    for (let round = 0; round < 100; round++) await moveOnAfter(1, () => semaphore.acquire());
    assert.equal(semaphore.statistics().waiting, 0);
  }));

test('56: giving a permit back twice is a usage error, and disposing it after that is not', () =>
  testRun(async () => {
    const semaphore = new Semaphore(1);
    let kept: Permit | undefined;
    {
      using permit = await semaphore.acquire();
      kept = permit;
      permit.release();
    }
    assert.throws(() => kept?.release(), UsageError);
    assert.equal(semaphore.statistics().held, 0);
  }));

test('59: set() wakes all that wait, even when clear() follows in the same turn', () =>
  testRun(async () => {
    const event = new Event();
    let woken = 0;
    await taskGroup(async (group) => {
      for (let waiter = 0; waiter < 3; waiter++) {
        group.spawn(async () => {
          await event.wait();
          woken++;
        });
      }
      await sleep(1);
      event.set();
      event.clear();
    });
    assert.equal(woken, 3);
    assert.equal((await moveOnAfter(1, () => event.wait())).timedOut, true);
  }));

test('60: a semaphore set lower lets holders stay and newcomers wait; set higher, waiters wake', () =>
  testRun(async () => {
    const semaphore = new Semaphore(2);
    const first = await semaphore.acquire();
    const second = await semaphore.acquire();
    semaphore.limit = 1;
    assert.deepEqual(semaphore.statistics(), { limit: 1, held: 2, waiting: 0 });
    first.release();
    assert.equal(semaphore.tryAcquire(), undefined);
    await taskGroup(async (group) => {
      const waiters = [group.spawn(() => semaphore.acquire()), group.spawn(() => semaphore.acquire())];
      await sleep(1);
      assert.equal(semaphore.statistics().waiting, 2);
      semaphore.limit = 3;
      for (const waiter of waiters) (await waiter).release();
    });
    second.release();
    assert.equal(semaphore.statistics().held, 0);
  }));

test('62: waits on every primitive are refused under a cancel, and take nothing', () =>
  testRun(async () => {
    const semaphore = new Semaphore(1);
    const queue = new Queue<number>();
    queue.tryPut(1);
    const [tx, rx] = channel<number>(2);
    await tx.send(1);
    const event = new Event();
    event.set();
    for (const wait of [
      () => semaphore.acquire(),
      () => queue.get(),
      () => queue.put(2),
      () => rx.receive(),
      () => tx.send(2),
      () => event.wait(),
    ]) {
      await cancelScope(async (scope) => {
        scope.cancel();
        await assert.rejects(wait, CancelledError);
      });
    }
    assert.equal(semaphore.statistics().held, 0);
    assert.equal(queue.size, 1);
    assert.equal(rx.statistics().buffered, 1);
  }));
