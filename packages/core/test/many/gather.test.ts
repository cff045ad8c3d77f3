import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CancelledError,
  currentScope,
  gather,
  gatherSettled,
  now,
  shield,
  sleep,
  sleepForever,
  suppressedErrors,
  TaskCancelledError,
  taskGroup,
  UsageError,
} from '@sluice/core';
import { testRun } from '@sluice/core/testing';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

test('gather gives the values in the order of the input, with work at the same time', () =>
  testRun(async () => {
    const values = await gather([
      async () => {
        await sleep(20);
        return 1;
      },
      () => 'two',
      async () => {
        await sleep(10);
        return undefined;
      },
    ]);
    assert.deepEqual(values, [1, 'two', undefined]);
    assert.equal(now(), 20);
  }));

test('gather of nothing gives nothing', async () => {
  assert.deepEqual(await gather([]), []);
  assert.deepEqual(await gatherSettled([]), []);
});

test('gather throws the first failure as it is, after the others were cancelled and cleaned up, and keeps the later ones beside it', () =>
  testRun(async () => {
    const first = Object.freeze(new Error('first'));
    const later = new Error('later');
    let caught: unknown;
    try {
      await gather([
        async () => {
          await sleep(10);
          throw first;
        },
        async () => {
          try {
            await sleepForever();
          } catch {
            await shield(() => sleep(5));
            throw later;
          }
        },
      ]);
    } catch (error) {
      caught = error;
    }
    assert.equal(caught, first);
    assert.deepEqual(suppressedErrors(first), [later]);
    assert.equal(now(), 15);
  }));

test('gather takes tasks, and cancels them with it', () =>
  testRun(async () => {
    await taskGroup(async (group) => {
      const good = group.spawn(async () => {
        await sleep(5);
        return 5;
      });
      assert.deepEqual(await gather([good, () => 6]), [5, 6]);
      let cleaned = false;
      const slow = group.spawn(async () => {
        try {
          await sleepForever();
        } finally {
          await shield(() => sleep(5));
          cleaned = true;
        }
      });
      const boom = new Error('boom');
      await assert.rejects(
        () =>
          gather([
            slow,
            () => {
              throw boom;
            },
          ]),
        boom,
      );
      assert.equal(slow.state, 'cancelled');
      assert.equal(cleaned, true);
    });
  }));

test('gather refuses a bare promise at run time, and says what to write', async () => {
  await assert.rejects(
    () => gather([Promise.resolve(1)] as never),
    (error: UsageError) => error instanceof UsageError && /a bare promise: write \(\) => get\(a\)/.test(error.message),
  );
  await assert.rejects(() => gather([5] as never), UsageError);
});

test('a function that cancels its own scope is a failure of gather, and a failed result of gatherSettled', () =>
  testRun(async () => {
    const giveUp = async (): Promise<number> => {
      currentScope().cancel('given up');
      await sleep(1);
      return 1;
    };
    await assert.rejects(
      () => gather([giveUp, sleepForever]),
      (error: unknown) => error instanceof TaskCancelledError && error.taskName === 'giveUp',
    );
    const [given, kept] = await gatherSettled([giveUp, () => 2]);
    assert.equal(given.status, 'rejected');
    assert.ok(given.reason instanceof CancelledError);
    assert.deepEqual(kept, { status: 'fulfilled', value: 2 });
  }));

test('a lazy thenable is awaited inside the task that gives it', () =>
  testRun(async () => {
    await taskGroup(async (group) => {
      const slow = group.spawn(sleepForever);
      // Not async: the function gives the task itself, and the wait for it is a wait of this task.
      const waiting = group.spawn(() => slow);
      await sleep(1);
      waiting.cancel();
      await sleep(1);
      assert.equal(waiting.state, 'cancelled');
      assert.equal(slow.state, 'running');
      group.cancel();
    });
  }));
