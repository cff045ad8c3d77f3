import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CancelledError,
  cancellable,
  cancelScope,
  checkpoint,
  currentScope,
  Event,
  isCancelled,
  moveOnAfter,
  now,
  shield,
  sleep,
  sleepForever,
  TaskGroupError,
  TimeoutError,
  taskGroup,
  timeout,
  UsageError,
} from '@sluice/core';
import { testRun } from '@sluice/core/testing';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

test('everything works outside run: the root scope is never cancelled', async () => {
  await checkpoint();
  await sleep(1);
  assert.equal(currentScope().cancelCalled, false);
  assert.equal(isCancelled(new CancelledError('explicit')), false);
  assert.equal(await taskGroup(async (group) => await group.spawn(() => 5)), 5);
});

test('a wait that was begun and not awaited ends with its scope', async () => {
  let end: unknown;
  await cancelScope(async () => {
    void sleepForever().catch((error: unknown) => {
      end = error;
    });
  });
  await Promise.resolve();
  assert.ok(end instanceof CancelledError);
});

test('code that outlives its scope belongs to the scope around it, and is cancelled with that', () =>
  testRun(async () => {
    const released = new Event();
    let end: unknown;
    await taskGroup(async (group) => {
      let resolve: (() => void) | undefined;
      const foreign = new Promise<void>((settle) => {
        resolve = settle;
      });
      let floating: Promise<unknown> | undefined;
      await cancelScope(async (scope) => {
        floating = (async () => {
          await foreign;
          await moveOnAfter('1h', () => released.wait());
        })().catch((error: unknown) => {
          end = error;
        });
        scope.cancel();
      });
      resolve!();
      await sleep(1);
      assert.equal(end, undefined, 'it is not refused because a scope that is over was cancelled');
      group.cancel();
      await floating;
    });
    assert.ok(end instanceof CancelledError);
    assert.equal(now(), 1);
  }));

test('cancellable calls onCancel once, at the cancel, in the scope that waits', () =>
  testRun(async () => {
    const calls: unknown[] = [];
    let inner: unknown;
    await taskGroup(async (group) => {
      const task = group.spawn(async () => {
        inner = currentScope();
        await cancellable(new Promise(() => {}), {
          onCancel: (error) => calls.push(error, currentScope()),
        });
      });
      await checkpoint();
      assert.equal(calls.length, 0);
      task.cancel('enough');
      task.cancel('again');
    });
    assert.equal(calls.length, 2);
    assert.equal((calls[0] as CancelledError).reason, 'enough');
    assert.equal(calls[1], inner);
  }));

test('cancellable under a cancel that holds already calls onCancel too, and waits for nothing', () =>
  testRun(async () => {
    let called = 0;
    await cancelScope(async (scope) => {
      scope.cancel();
      await cancellable(Promise.reject(new Error('late, and nobody asks')), { onCancel: () => called++ });
    });
    assert.equal(called, 1);
  }));

test('an onCancel that throws is the error of the wait', () =>
  testRun(async () => {
    const boom = new Error('abort failed');
    const onCancel = (): void => {
      throw boom;
    };
    for (const before of [true, false]) {
      await assert.rejects(
        () =>
          cancelScope(async (scope) => {
            if (before) scope.cancel();
            const wait = cancellable(new Promise(() => {}), { onCancel });
            if (!before) scope.cancel();
            await wait;
          }),
        boom,
      );
    }
  }));

test('cancellable gives values and errors as they are, and refuses what is no promise', async () => {
  assert.equal(await cancellable(Promise.resolve(5)), 5);
  const boom = new Error('boom');
  await assert.rejects(() => cancellable(Promise.reject(boom)), boom);
  // biome-ignore lint/suspicious/noThenProperty: a foreign thenable is what is tested
  assert.equal(await cancellable({ then: (resolve: (value: number) => void) => resolve(6) } as PromiseLike<number>), 6);
  assert.throws(() => cancellable(5 as never), UsageError);
});

test('a scope follows an outside signal while it is open, with one listener, and lets go of it', async () => {
  const controller = new AbortController();
  const counts = { added: 0, removed: 0 };
  const { signal } = controller;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = function (this: AbortSignal, ...args: Parameters<typeof addEventListener>) {
    counts.added++;
    addEventListener.apply(this, args);
  } as typeof addEventListener;
  signal.removeEventListener = function (this: AbortSignal, ...args: Parameters<typeof removeEventListener>) {
    counts.removed++;
    removeEventListener.apply(this, args);
  } as typeof removeEventListener;
  await cancelScope(() => checkpoint(), { signal });
  await assert.rejects(() =>
    cancelScope(
      () => {
        throw new Error('boom');
      },
      { signal },
    ),
  );
  await taskGroup(() => checkpoint(), { signal });
  assert.deepEqual(counts, { added: 3, removed: 3 });
  let seen: unknown;
  await cancelScope(
    async () => {
      queueMicrotask(() => controller.abort('outside'));
      await sleepForever().catch((error: unknown) => {
        seen = error;
        throw error;
      });
    },
    { signal },
  );
  assert.equal((seen as CancelledError).reason, 'outside');
});

test('the signal of a scope is one object, made when it is asked for, aborted with the CancelledError', () =>
  testRun(async () => {
    await cancelScope(async (outer) => {
      await cancelScope(async (inner) => {
        const { signal } = inner;
        assert.equal(inner.signal, signal);
        assert.equal(signal.aborted, false);
        outer.cancel('why');
        assert.equal(signal.aborted, true);
        assert.equal((signal.reason as CancelledError).reason, 'why');
        assert.equal(inner.cancelCalled, false);
        const late = await cancelScope((innermost) => innermost.signal.aborted);
        assert.equal(late, true);
      });
    });
  }));

test('Node’s own functions take the signal of a scope, and their AbortError counts as its cancellation', async () => {
  const { setTimeout: pause } = await import('node:timers/promises');
  const { timedOut } = await moveOnAfter(5, (scope) => pause(60_000, undefined, { signal: scope.signal }));
  assert.equal(timedOut, true);
  await assert.rejects(() => timeout(5, (scope) => pause(60_000, undefined, { signal: scope.signal })), TimeoutError);
});

test('a group that was cancelled from outside by its signal ends without an error', () =>
  testRun(async () => {
    const controller = new AbortController();
    await taskGroup(
      async (group) => {
        group.spawn(sleepForever);
        await sleep(1);
        controller.abort();
        await sleepForever();
      },
      { signal: controller.signal },
    );
    assert.equal(now(), 1);
  }));

test('a shield that is cancelled from inside throws the cancellation, not a timeout', () =>
  testRun(async () => {
    await assert.rejects(
      () =>
        shield(async () => {
          currentScope().cancel('inside');
          await checkpoint();
        }),
      (error) => error instanceof CancelledError && error.reason === 'inside',
    );
  }));

test('a cancel during a shield is met at the first checkpoint after it', () =>
  testRun(async () => {
    const steps: string[] = [];
    await taskGroup(async (group) => {
      group.spawn(async () => {
        await shield(async () => {
          await sleep(10);
          steps.push('shielded');
        });
        steps.push('after');
        await checkpoint();
        steps.push('passed');
      });
      await sleep(1);
      group.cancel();
    });
    assert.deepEqual(steps, ['shielded', 'after']);
  }));

test('a deadline cannot be set on a scope that has ended, and one that was cancelled arms no timer', () =>
  testRun(async () => {
    let kept: ReturnType<typeof currentScope> | undefined;
    await cancelScope((scope) => {
      kept = scope;
      scope.cancel();
      scope.deadline = now() + 5;
      assert.equal(scope.deadline, now() + 5);
    });
    assert.throws(() => {
      kept!.deadline = 5;
    }, UsageError);
    await sleep(10);
  }));

test('a body that throws something that is no error keeps it', () =>
  testRun(async () => {
    for (const thrown of [undefined, null, 0, '', 'text', Symbol('s')]) {
      const fail = (): never => {
        throw thrown;
      };
      const caught = async (work: Promise<unknown>): Promise<unknown> =>
        work.then(
          () => assert.fail('it throws'),
          (error: unknown) => error,
        );
      assert.equal(await caught(cancelScope(fail)), thrown);
      assert.equal(await caught(timeout(1, fail)), thrown);
      assert.equal(await caught(shield(fail)), thrown);
      const error = await caught(taskGroup(fail));
      assert.ok(error instanceof TaskGroupError);
      assert.deepEqual(error.errors, [thrown]);
    }
  }));

test('a scope ends only when what was begun in it and not awaited has ended', () =>
  testRun(async () => {
    const order: string[] = [];
    for (const enter of [cancelScope, shield, (body: () => void) => timeout('1h', body)]) {
      await enter(() => {
        void taskGroup(async (group) => {
          group.spawn(() => sleep(10));
        }).then(() => order.push('group'));
      });
      order.push('scope');
    }
    assert.deepEqual(order, ['group', 'scope', 'group', 'scope', 'group', 'scope']);
    let end: unknown;
    await assert.rejects(() =>
      cancelScope(() => {
        void taskGroup(sleepForever).catch((error: unknown) => {
          end = error;
        });
        throw new Error('boom');
      }),
    );
    assert.ok(end instanceof CancelledError, 'and an error of the body cancels it');
  }));
