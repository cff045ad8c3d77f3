import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AllFailedError,
  any,
  asCompleted,
  CancelledError,
  cancelScope,
  currentScope,
  hedge,
  now,
  race,
  shield,
  sleep,
  sleepForever,
  suppressedErrors,
  type Task,
  TaskCancelledError,
  type TaskGroupError,
  taskGroup,
  UsageError,
  wait,
} from '@sluice/core';
import { testRun } from '@sluice/core/testing';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

const after = (ms: number, value: number | Error) => async (): Promise<number> => {
  await sleep(ms);
  if (value instanceof Error) throw value;
  return value;
};

/** Runs `body` with tasks that end after 10, 20, 30 … ms; one that fails does not cut the others short. */
async function withTasks(
  ends: readonly (number | Error)[],
  body: (tasks: Task<number>[]) => Promise<void>,
): Promise<void> {
  try {
    await taskGroup(async (group) => {
      const tasks = ends.map((end, index) => group.spawn(() => shield(after((index + 1) * 10, end))));
      await shield(() => body(tasks));
    });
  } catch (error) {
    const unexpected = (error as TaskGroupError).flatten().filter((inner) => !ends.includes(inner as Error));
    if (unexpected.length > 0) throw unexpected[0];
  }
}

test('71: wait returns at the first that ends, the first that fails, or when all have ended; what is pending goes on', () =>
  testRun(async () => {
    await withTasks([1, 2, 3], async (tasks) => {
      const first = await wait(tasks, { returnWhen: 'first-completed' });
      assert.deepEqual([first.done, first.pending], [[tasks[0]], [tasks[1], tasks[2]]]);
      const timed = await wait(tasks, { timeout: 15 });
      assert.deepEqual(
        timed.done.map((task) => task.state),
        ['done', 'done'],
      );
      assert.equal(timed.pending[0]!.state, 'running', 'a timeout cancels nothing');
      const all = await wait(tasks);
      assert.deepEqual([all.done.length, all.pending.length, now()], [3, 0, 30]);
      assert.deepEqual((await wait(tasks, { returnWhen: 'first-error' })).done, tasks);
    });
    const begin = now();
    await withTasks([1, new Error('boom'), 3], async (tasks) => {
      const { done, pending } = await wait(tasks, { returnWhen: 'first-error' });
      assert.deepEqual(
        done.map((task) => task.state),
        ['done', 'failed'],
      );
      assert.equal(pending.length, 1);
      assert.equal(now() - begin, 20);
    });
  }));

test('71: a cancelled wait leaves the tasks alone, and no watcher behind', () =>
  testRun(() =>
    taskGroup(async (group) => {
      const task = group.spawn(() => sleep(100));
      await cancelScope(async (scope) => {
        scope.deadline = now() + 1;
        await wait([task]);
      });
      assert.equal(task.state, 'running');
      await task;
    }),
  ));

test('71: wait takes tasks, each once, and nothing else', () =>
  testRun(() =>
    taskGroup(async (group) => {
      const task = group.spawn(() => 1);
      assert.deepEqual((await wait([task, task])).done, [task]);
      assert.deepEqual(await wait([]), { done: [], pending: [] });
      assert.deepEqual(await wait([], { returnWhen: 'first-completed' }), { done: [], pending: [] });
      await assert.rejects(() => wait([Promise.resolve(1) as never]), UsageError);
      await assert.rejects(() => wait([task], { returnWhen: 'some' as never }), UsageError);
      assert.throws(() => asCompleted([sleepForever as never]), UsageError);
    }),
  ));

test('71: wait and asCompleted take 50,000 tasks', () =>
  testRun(() =>
    taskGroup(async (group) => {
      const tasks = Array.from({ length: 50_000 }, () => group.spawn(() => sleep(1)));
      assert.equal((await wait(tasks)).done.length, 50_000);
      let count = 0;
      for await (const _ of asCompleted(tasks)) count++;
      assert.equal(count, 50_000);
    }),
  ));

test('72: asCompleted gives tasks in the order in which they end, those that have ended first', () =>
  testRun(() =>
    taskGroup(async (group) => {
      const tasks = [30, 10, 20].map((ms) => group.spawn(after(ms, ms), { name: `${ms}` }));
      await sleep(15);
      const order: string[] = [];
      for await (const result of asCompleted(tasks)) {
        assert.deepEqual([result.status, result.task.state], ['fulfilled', 'done']);
        assert.equal(result.status === 'fulfilled' && result.value, Number(result.task.name));
        order.push(result.task.name);
      }
      assert.deepEqual(order, ['10', '20', '30']);
    }),
  ));

test('72: leaving asCompleted leaves the other tasks alone, and a failure is a value', () =>
  testRun(async () => {
    const boom = new Error('boom');
    await withTasks([boom, 2], async (tasks) => {
      for await (const result of asCompleted(tasks)) {
        assert.deepEqual(result, { task: tasks[0], status: 'rejected', reason: boom });
        break;
      }
      assert.equal(tasks[1]!.state, 'running');
    });
  }));

test('72: a task that was cancelled has completed without a value', () =>
  testRun(() =>
    taskGroup(async (group) => {
      const task = group.spawn(sleepForever);
      task.cancel();
      for await (const result of asCompleted([task])) {
        assert.ok(result.status === 'rejected' && result.reason instanceof TaskCancelledError);
      }
    }),
  ));

test('74: the first to end decides a race, and the others have cleaned up when it returns', () =>
  testRun(async () => {
    const seen: string[] = [];
    const slow = async (): Promise<number> => {
      try {
        return await after(100, 1)();
      } finally {
        await shield(() => sleep(5));
        seen.push('cleaned up');
      }
    };
    assert.equal(await race([slow, after(10, 2)]), 2);
    assert.deepEqual(seen, ['cleaned up']);
    assert.equal(now(), 15);
    const boom = new Error('boom');
    await assert.rejects(() => race([slow, after(10, boom)]), boom);
    assert.deepEqual(seen, ['cleaned up', 'cleaned up']);
    assert.equal(await race([() => 5]), 5);
  }));

test('74: what fails in the clean-up of a race is beside the error that decided, and changes no value', () =>
  testRun(async () => {
    const late = new Error('clean-up');
    const untidy = async (): Promise<never> => {
      try {
        return await sleepForever();
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: a clean-up that fails
        throw late;
      }
    };
    assert.equal(await race([untidy, after(1, 1)]), 1);
    const boom = new Error('boom');
    await assert.rejects(() => race([untidy, after(1, boom)]), boom);
    assert.deepEqual(suppressedErrors(boom), [late]);
  }));

test('74: any gives the first success, or every error in the order of the input', () =>
  testRun(async () => {
    const [a, b] = [new Error('a'), new Error('b')];
    assert.equal(await any([after(1, a), after(20, 2), after(10, 1)]), 1);
    await assert.rejects(
      () => any([after(10, a), after(1, b)]),
      (error: unknown) => {
        assert.ok(error instanceof AllFailedError);
        assert.deepEqual(error.errors, [a, b]);
        assert.equal(error.cause, a);
        assert.match(error.message, /none of the 2 attempts of any succeeded: Error: a; Error: b/);
        return true;
      },
    );
  }));

test('74: a hedge starts the next attempt when the earlier one failed or the delay is over; the first success cancels the rest', () =>
  testRun(async () => {
    const begun: number[] = [];
    const cancelled: number[] = [];
    const plan = [after(200, 1), after(1, new Error('at once')), after(50, 3), after(1, 4)];
    const value = await hedge(
      async ({ attempt }) => {
        begun.push(now());
        try {
          return await plan[attempt - 1]!();
        } catch (error) {
          if (error instanceof CancelledError) cancelled.push(attempt);
          throw error;
        }
      },
      { delay: 100, attempts: 4 },
    );
    assert.equal(value, 3);
    assert.deepEqual(begun, [0, 100, 101]);
    assert.deepEqual(cancelled, [1]);
    assert.equal(now(), 151);
  }));

test('74: a hedge whose attempts all fail gives all errors; one attempt alone needs no delay to be over', () =>
  testRun(async () => {
    await assert.rejects(
      () => hedge(({ attempt }) => after(1, new Error(`${attempt}`))(), { delay: '1h', attempts: 3 }),
      (error: unknown) => {
        assert.ok(error instanceof AllFailedError);
        assert.deepEqual(
          error.errors.map((inner: Error) => inner.message),
          ['1', '2', '3'],
        );
        return true;
      },
    );
    assert.equal(now(), 3);
    assert.equal(await hedge(() => 7, { delay: '1h' }), 7);
    assert.equal(now(), 3);
  }));

test('70: a cancel from outside ends race, any and hedge, and waits for what they run', () =>
  testRun(async () => {
    for (const work of [
      () => race([sleepForever, sleepForever]),
      () => any([sleepForever, sleepForever]),
      () => hedge(sleepForever, { delay: 1, attempts: 3 }),
    ]) {
      await cancelScope(async (scope) => {
        scope.deadline = now() + 10;
        await assert.rejects(work, CancelledError);
        await work();
        assert.fail('unreachable');
      });
    }
  }));

test('7: a clean-up of any that fails while it is cancelled from outside wins over the cancellation', () =>
  testRun(async () => {
    const boom = new Error('clean-up');
    const untidy = async (): Promise<never> => {
      try {
        return await sleepForever();
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: a clean-up that fails
        throw boom;
      }
    };
    await assert.rejects(() => cancelScope(() => any([untidy]), { deadline: 1 }), boom);
  }));

test('race, any and hedge refuse what cannot be cancelled, and a contest without entrants', () =>
  testRun(async () => {
    await assert.rejects(() => race([]), UsageError);
    await assert.rejects(() => any([]), UsageError);
    await assert.rejects(() => race([Promise.resolve(1) as never]), /write \(\) => get\(a\)/);
    await assert.rejects(() => hedge(() => 1, { delay: 1, attempts: 0 }), UsageError);
    await assert.rejects(() => hedge(() => 1, { delay: Number.NaN }), RangeError);
  }));

test('an entrant of a race that cancels itself has ended without a value', () =>
  testRun(async () => {
    const quits = async (): Promise<never> => {
      currentScope().cancel();
      return sleepForever();
    };
    await assert.rejects(() => race([quits, sleepForever]), TaskCancelledError);
  }));
