import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CancelledError,
  cancelScope,
  checkpoint,
  run,
  sleep,
  sleepForever,
  type Task,
  TaskCancelledError,
  type TaskGroupError,
  taskGroup,
} from '@sluice/core';
import { testRun } from '@sluice/core/testing';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

test('a task knows its name and its state from beginning to end', () =>
  testRun(async () => {
    await taskGroup(async (group) => {
      const named = group.spawn(async function fetchPage() {
        await sleep(1);
      });
      const given = group.spawn(() => sleepForever(), { name: 'given' });
      const nameless = group.spawn(() => 1);
      assert.deepEqual([named.name, given.name], ['fetchPage', 'given']);
      assert.match(nameless.name, /^task-\d+$/);
      assert.equal(named.state, 'pending');
      await nameless;
      assert.equal(named.state, 'running');
      await named;
      assert.equal(named.state, 'done');
      given.cancel();
      await assert.rejects(async () => await given, TaskCancelledError);
      assert.equal(given.state, 'cancelled');
    });
  }));

test('a failed task gives its own error to everyone who awaits it, early or late', () =>
  testRun(async () => {
    const boom = new Error('boom');
    let failing: Task<never> | undefined;
    const seen: unknown[] = [];
    await assert.rejects(
      () =>
        taskGroup(async (group) => {
          failing = group.spawn(async () => {
            await sleep(1);
            throw boom;
          });
          try {
            await failing;
          } catch (error) {
            seen.push(error);
            throw error;
          }
        }),
      (error: TaskGroupError) => {
        assert.deepEqual(error.errors, [boom], 'the body met the same failure: it is one');
        return true;
      },
    );
    assert.deepEqual(seen, [boom]);
    await assert.rejects(async () => await failing, boom);
    assert.equal(failing?.state, 'failed');
  }));

test('a task that is awaited after it was cancelled says so, with the cancellation as the cause', () =>
  testRun(async () => {
    await taskGroup(async (group) => {
      const task = group.spawn(sleepForever, { name: 'victim' });
      await checkpoint();
      task.cancel('not needed');
      await sleep(1);
      await assert.rejects(
        async () => await task,
        (error: TaskCancelledError) => {
          assert.equal(error.taskName, 'victim');
          assert.ok(error.cause instanceof CancelledError);
          assert.equal(error.cause.reason, 'not needed');
          return true;
        },
      );
    });
  }));

test('a cancel of the waiter ends the wait and leaves the task alone', () =>
  testRun(async () => {
    await taskGroup(async (group) => {
      const task = group.spawn(async () => {
        await sleep(10);
        return 5;
      });
      const waiter = group.spawn(async () => await task);
      await sleep(1);
      waiter.cancel();
      await sleep(1);
      assert.equal(waiter.state, 'cancelled');
      assert.equal(task.state, 'running');
      assert.equal(await task, 5);
    });
  }));

test('a task that was cancelled before it began still runs, up to its first checkpoint', () =>
  testRun(async () => {
    let ran = false;
    await taskGroup((group) => {
      const task = group.spawn(async () => {
        ran = true;
        await checkpoint();
        assert.fail('cancelled');
      });
      task.cancel();
    });
    assert.equal(ran, true);
  }));

test('a task whose function returned waits for what it began and did not await', () =>
  testRun(async () => {
    const order: string[] = [];
    await taskGroup(async (group) => {
      const task = group.spawn(() => {
        void cancelScope(async () => {
          await sleep(5);
          order.push('scope');
        });
        return 'value';
      });
      assert.equal(await task, 'value');
      order.push('task');
    });
    assert.deepEqual(order, ['scope', 'task']);
  }));

test('a task that fails cancels what it began and did not await', () =>
  testRun(async () => {
    let end: unknown;
    await assert.rejects(() =>
      taskGroup((group) => {
        group.spawn(() => {
          void cancelScope(sleepForever).catch((error: unknown) => {
            end = error;
          });
          throw new Error('boom');
        });
      }),
    );
    assert.ok(end instanceof CancelledError);
  }));

test('run gives the value and throws the error of main, and a signal that aborts cancels it', async () => {
  assert.equal(await run(() => 5, { handleSignals: false }), 5);
  const boom = new Error('boom');
  await assert.rejects(
    () =>
      run(
        () => {
          throw boom;
        },
        { handleSignals: false },
      ),
    boom,
  );
  const controller = new AbortController();
  const work = run(sleepForever, { signal: controller.signal });
  controller.abort('outside');
  await assert.rejects(work, (error: CancelledError) => error.reason === 'outside');
  await assert.rejects(() => run(sleepForever, { signal: AbortSignal.abort() }), CancelledError);
  await assert.rejects(() => run(() => {}, { grace: -1 }), RangeError);
  assert.deepEqual([process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')], [0, 0]);
});

test('the same thrown object is one failure, different ones of the same text are several', () =>
  testRun(async () => {
    const shared = new Error('shared');
    const failWith = (make: () => unknown) =>
      taskGroup((group) => {
        for (let index = 0; index < 3; index++) {
          group.spawn(() => {
            throw make();
          });
        }
      }).catch((error: TaskGroupError) => error.errors.length);
    assert.equal(await failWith(() => shared), 1);
    assert.equal(await failWith(() => new Error('shared')), 3);
  }));
