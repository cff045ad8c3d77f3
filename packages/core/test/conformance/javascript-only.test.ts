import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { after, test } from 'node:test';
import {
  CancelledError,
  cancelScope,
  checkpoint,
  currentScope,
  gather,
  map,
  mapStream,
  moveOnAfter,
  now,
  sleep,
  sleepForever,
  type Task,
  TaskGroupError,
  taskGroup,
  timeout,
} from '@sluice/core';
import { testRun } from '@sluice/core/testing';
import { scopeHere } from '../../src/scope/current.ts';
import type { Scope } from '../../src/scope/scope.ts';
import { Group } from '../../src/task/group.ts';
import type { TaskNode } from '../../src/task/task.ts';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();
const unhandled: unknown[] = [];
const onUnhandled = (error: unknown): void => {
  unhandled.push(error);
};
process.on('unhandledRejection', onUnhandled);
after(() => process.off('unhandledRejection', onUnhandled));

/** Rejections count as unhandled once the microtasks of their turn are over. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('84: a child that fails before anyone awaits it never raises unhandledRejection', async () => {
  await assert.rejects(
    () =>
      taskGroup(async (group) => {
        group.spawn(async () => {
          throw new Error('early');
        });
        await turn();
        await turn();
      }),
    TaskGroupError,
  );
  await turn();
  assert.deepEqual(unhandled, []);
});

test('84: waits that were begun, not awaited and then cancelled or abandoned raise no unhandledRejection', async () => {
  await cancelScope(async (scope) => {
    void sleepForever();
    void sleep(10_000);
    scope.cancel();
    void checkpoint();
    void sleep(1);
    await turn();
  });
  await cancelScope(async () => {
    void sleepForever();
  });
  await taskGroup(async (group) => {
    const task: Task<never> = group.spawn(sleepForever);
    void (async () => await task)().catch(() => {});
    await turn();
    group.cancel();
  });
  await turn();
  assert.deepEqual(unhandled, []);
});

test('84: gather, map, start and timeout that fail in several places raise no unhandledRejection', async () => {
  const fail = async (): Promise<void> => {
    throw new Error('one of many');
  };
  await assert.rejects(() => gather([fail, fail, fail]));
  await assert.rejects(() => map([1, 2, 3], fail));
  await assert.rejects(() => taskGroup((group) => group.start(fail)));
  await assert.rejects(() =>
    taskGroup((group) => {
      void group.start(fail).catch(() => {});
    }).then(fail),
  );
  await assert.rejects(() => timeout(1, sleepForever));
  await turn();
  assert.deepEqual(unhandled, []);
});

test('85: an error of the body and one of a child make one aggregate, the body error at the first level', () =>
  testRun(async () => {
    const bodyError = new Error('body');
    const childError = new Error('child');
    await assert.rejects(
      () =>
        taskGroup(async (group) => {
          group.spawn(async () => {
            try {
              await sleepForever();
            } catch {
              throw childError;
            }
          });
          await sleep(1);
          throw bodyError;
        }),
      (error: TaskGroupError) => {
        assert.ok(error instanceof AggregateError);
        assert.deepEqual(error.errors, [bodyError, childError]);
        assert.deepEqual(error.taskNames.length, 2);
        return true;
      },
    );
  }));

test('86: a foreign promise that cannot be cancelled delays the group and never escapes it', async () => {
  let release: (() => void) | undefined;
  const foreign = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isOver = false;
  let finished = false;
  const work = taskGroup(async (group) => {
    group.spawn(async () => {
      await foreign;
      finished = true;
    });
    await checkpoint();
    group.cancel();
  }).then(() => {
    isOver = true;
  });
  await turn();
  await turn();
  assert.equal(isOver, false);
  release!();
  await work;
  assert.equal(finished, true);
});

test('87: abort listeners run in the context of the scope that owns the signal, not of the canceller', async () => {
  const contexts: unknown[] = [];
  await taskGroup(async (group) => {
    let inner: unknown;
    const task = group.spawn(async () => {
      const scope = currentScope();
      inner = scope;
      scope.signal.addEventListener('abort', () => contexts.push(currentScope()));
      await sleepForever();
    });
    await turn();
    task.cancel();
    await turn();
    assert.equal(contexts.length, 1);
    assert.equal(contexts[0], inner);
  });
});

test('87: a timer that serves several scopes carries no context of its first user', async () => {
  const storage = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  await taskGroup((group) => {
    group.spawn(() => storage.run('first', () => sleep(1)));
    group.spawn(async () => {
      await storage.run('second', () => moveOnAfter(2, sleepForever));
      seen.push(storage.getStore());
    });
  });
  assert.deepEqual(seen, [undefined]);
});

/** How often links between the children of `group` are followed or changed while `work` runs on `count` of them. */
async function linksTouched(
  count: number,
  work: (group: Group, tasks: readonly TaskNode<void>[]) => Promise<void>,
): Promise<number> {
  let touched = 0;
  const group = new Group(scopeHere(), 'counted');
  await group.enter(async () => {
    const tasks = Array.from({ length: count }, () => {
      const task = group.spawn<void>(sleepForever);
      let { nextSibling } = task;
      Object.defineProperty(task, 'nextSibling', {
        get: () => {
          touched++;
          return nextSibling;
        },
        set: (next: Scope | null) => {
          touched++;
          nextSibling = next;
        },
      });
      return task;
    });
    await checkpoint();
    await work(group, tasks);
  });
  return touched;
}

test('88: the upkeep of a child does not grow with the number of live children: spawned, cancelled one by one, cancelled all together', () =>
  testRun(async () => {
    const cancelOnes = (_: Group, tasks: readonly TaskNode<void>[]): Promise<void> => {
      // From the middle to the end: each leaves a place that is far from both ends of the list.
      for (const task of tasks.slice(tasks.length / 2)) task.cancel();
      return sleep(1).then(() => tasks[0]!.group.cancelAs('explicit'));
    };
    const cancelAll = async (group: Group): Promise<void> => group.cancelAs('explicit');
    for (const work of [cancelOnes, cancelAll]) {
      for (const count of [100, 20_000]) {
        const touched = await linksTouched(count, work);
        assert.ok(touched > 0 && touched < 4 * count, `${touched} steps for ${count} children`);
      }
    }
  }));

test('88: the upkeep of a failure does not grow with the number of failures', () =>
  testRun(async () => {
    const touched = async (count: number): Promise<number> => {
      let reads = 0;
      const group = new Group(scopeHere(), 'counted');
      const failures = new Proxy(group.failures, {
        get: (target, key, receiver) => {
          reads++;
          return Reflect.get(target, key, receiver);
        },
      });
      Object.defineProperty(group, 'failures', { value: failures });
      await group.enter(async () => {
        for (let index = 0; index < count; index++) {
          group.spawn(async () => {
            try {
              await sleepForever();
            } catch {
              throw index % 2 === 0 ? index : { index };
            }
          });
        }
        await checkpoint();
        group.cancelAs('explicit');
      });
      assert.equal(failures.length, count);
      return reads;
    };
    for (const count of [100, 20_000]) {
      const reads = await touched(count);
      assert.ok(reads > 0 && reads < 4 * count, `${reads} reads for ${count} failures`);
    }
  }));

test('89: a finished child leaves no timer, no listener and no node', async () => {
  const group = new Group(scopeHere(), 'inspected');
  await group.enter(async () => {
    const { timers } = group.runtime;
    for (let index = 0; index < 1000; index++) {
      group.spawn(async () => {
        const { signal } = currentScope();
        signal.addEventListener('abort', () => {});
        await moveOnAfter('1h', () => checkpoint());
        void sleep('1h');
      });
    }
    await turn();
    await turn();
    assert.ok(group.firstChild === null);
    assert.ok(group.firstWaiter === null);
    assert.equal(timers.size, 0);
  });
  assert.ok(scopeHere().firstChild === null);
});

test('90: a source that is closed from another task can wait in its clean-up, though its readers are cancelled', () =>
  testRun(async () => {
    const steps: string[] = [];
    async function* source(): AsyncGenerator<number> {
      try {
        for (let value = 0; ; value++) {
          yield value;
        }
      } finally {
        steps.push('cleaning');
        await sleep(10);
        steps.push('clean');
      }
    }
    await cancelScope(async (scope) => {
      await map(source(), async (value) => {
        if (value === 3) scope.cancel();
        await checkpoint();
      });
    });
    assert.deepEqual(steps, ['cleaning', 'clean']);
    assert.equal(now(), 10);
    await cancelScope(async (scope) => {
      for await (const value of mapStream(source(), (item) => item)) {
        if (value === 2) {
          scope.cancel();
          break;
        }
      }
    });
    assert.deepEqual(steps, ['cleaning', 'clean', 'cleaning', 'clean']);
  }));

test('90: a cancellation is told by identity: an AbortError from elsewhere is a real error', () =>
  testRun(async () => {
    const foreign = new DOMException('from elsewhere', 'AbortError');
    await assert.rejects(
      () =>
        cancelScope((scope) => {
          scope.cancel();
          throw foreign;
        }),
      foreign,
    );
    await cancelScope(async (scope) => {
      scope.cancel();
      // What Node's own functions throw for an aborted signal: the reason as the cause.
      throw Object.assign(new Error('The operation was aborted', { cause: scope.signal.reason }), {
        name: 'AbortError',
      });
    });
    await assert.rejects(
      () =>
        cancelScope(() => {
          throw new CancelledError('explicit', 'not of this scope');
        }),
      CancelledError,
    );
  }));
