import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  checkpoint,
  Event,
  gather,
  moveOnAfter,
  now,
  Queue,
  Semaphore,
  shield,
  sleep,
  sleepForever,
  taskGroup,
  UsageError,
} from '@sluice/core';
import {
  assertCheckpoints,
  assertNoCheckpoints,
  CheckpointAssertionError,
  SequenceBrokenError,
  sequencer,
  testRun,
  waitUntilBlocked,
} from '@sluice/core/testing';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

test('waitUntilBlocked returns when every other task waits, and no virtual time passes meanwhile', () =>
  testRun(() =>
    taskGroup(async (group) => {
      const queue = new Queue<number>();
      let rounds = 0;
      group.spawn(async () => {
        for (; rounds < 50; rounds++) await group.spawn(() => new Promise((resolve) => setImmediate(resolve)));
        await queue.get();
      });
      group.spawn(() => sleep(10));
      await waitUntilBlocked();
      assert.equal(now(), 0);
      assert.equal(queue.statistics().waitingToGet, 1);
      assert.equal(rounds, 50);
      queue.tryPut(1);
    }),
  ));

test('waitUntilBlocked can be cancelled, holds nothing back after it, and works on the real clock', async () => {
  await testRun(async () => {
    await moveOnAfter(0, () => waitUntilBlocked());
    await sleep('1h');
    assert.equal(now(), 3_600_000);
  });
  await taskGroup(async (group) => {
    const event = new Event();
    group.spawn(() => event.wait());
    await waitUntilBlocked();
    assert.equal(event.statistics().waiting, 1);
    event.set();
  });
});

test('a sequencer puts parts of several tasks into one order', () =>
  testRun(async () => {
    const turn = sequencer();
    const log: number[] = [];
    await gather(
      [3, 1, 0, 2].map((position) => async () => {
        using _ = await turn(position);
        await sleep(5 - position);
        log.push(position);
      }),
    );
    assert.deepEqual(log, [0, 1, 2, 3]);
    await assert.rejects(() => turn(2), UsageError);
    await assert.rejects(() => turn(-1), UsageError);
  }));

test('a part that is cancelled before its turn breaks the sequence for the later ones', () =>
  testRun(() =>
    taskGroup(async (group) => {
      const turn = sequencer();
      const second = group.spawn(() => turn(1));
      const third = group.spawn(() => assert.rejects(() => turn(2), SequenceBrokenError));
      await waitUntilBlocked();
      second.cancel();
      await third;
      await assert.rejects(() => turn(3), /position 1 was cancelled/);
    }),
  ));

test('assertCheckpoints tells what meets a checkpoint, at any depth and even without a wait', () =>
  testRun(async () => {
    const semaphore = new Semaphore(5);
    assert.equal(await assertCheckpoints(() => semaphore.with(() => 5)), 5);
    await assertCheckpoints(checkpoint);
    await assertCheckpoints(() => taskGroup(async (group) => void group.spawn(() => shield(() => sleep(1)))));
    await assert.rejects(() => assertCheckpoints(async () => await Promise.resolve(1)), CheckpointAssertionError);
    await assert.rejects(() => assertCheckpoints(() => semaphore.tryAcquire()?.release()), /met no checkpoint/);
  }));

test('assertNoCheckpoints tells what cannot be cut off, and counts only what it runs', () =>
  testRun(() =>
    taskGroup(async (group) => {
      group.spawn(async () => {
        for (let round = 0; round < 20; round++) await checkpoint();
      });
      const value = await assertNoCheckpoints(async () => {
        for (let round = 0; round < 20; round++) await Promise.resolve();
        return 1;
      });
      assert.equal(value, 1);
      await assert.rejects(() => assertNoCheckpoints(() => sleep(1)), /met \d+ checkpoint/);
      await assert.rejects(() => assertNoCheckpoints(() => moveOnAfter(1, sleepForever)), CheckpointAssertionError);
    }),
  ));
