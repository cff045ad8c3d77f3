import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as core from '@sluice/core';
import {
  cancelScope,
  checkpoint,
  isCancelled,
  now,
  shield,
  sleep,
  sleepForever,
  type TaskGroup,
  TaskGroupError,
  taskGroup,
  timeout,
  UsageError,
} from '@sluice/core';
import { testRun } from '@sluice/core/testing';
import { Scope } from '../../src/scope/scope.ts';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

/** The group error that `work` ends with. */
async function groupError(work: Promise<unknown>): Promise<TaskGroupError> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof TaskGroupError, `expected a TaskGroupError, got ${String(error)}`);
    return error;
  }
  throw new assert.AssertionError({ message: 'expected a TaskGroupError, but it succeeded' });
}

test('16: spawn into a group that is ending because of a failure is a usage error, and nothing is started', () =>
  testRun(async () => {
    let started = false;
    let refusal: unknown;
    await groupError(
      taskGroup(async (group) => {
        group.spawn(() => {
          throw new Error('first');
        });
        try {
          await sleepForever();
        } finally {
          try {
            group.spawn(() => {
              started = true;
            });
          } catch (error) {
            refusal = error;
          }
          await shield(() => sleep(5));
        }
      }),
    );
    assert.ok(refusal instanceof UsageError);
    assert.equal((refusal.cause as Error).message, 'first');
    assert.equal(started, false);
  }));

test('17: spawn and start on a finished group are usage errors', () =>
  testRun(async () => {
    let kept: TaskGroup | undefined;
    await taskGroup((group) => {
      kept = group;
    });
    assert.throws(() => kept!.spawn(() => {}), UsageError);
    await assert.rejects(() => kept!.start(() => {}), UsageError);
  }));

test('17 and 32: nothing that is exported makes a group or a scope: one can neither be used before it is entered nor entered twice', () =>
  testRun(async () => {
    const makers = Object.entries(core).filter(
      ([, value]) => typeof value === 'function' && (value.prototype instanceof Scope || (value as unknown) === Scope),
    );
    assert.deepEqual(makers, []);
    await taskGroup(async (group) => {
      const scope = await cancelScope((own) => own);
      for (const handle of [group, group.scope, scope] as object[]) {
        // What a handle could be entered by: a call, a method of that name, or `using`.
        assert.equal(typeof handle, 'object');
        assert.equal(Symbol.dispose in handle || Symbol.asyncDispose in handle, false);
      }
    });
  }));

test('19: an outer cancel of the same tick is still met after the inner error was handled', () =>
  testRun(async () => {
    const steps: string[] = [];
    const error = await groupError(
      taskGroup((outer) => {
        outer.spawn(async () => {
          await sleep(10);
          throw new Error('outer');
        });
        outer.spawn(async () => {
          try {
            await taskGroup((inner) => {
              inner.spawn(async () => {
                await sleep(10);
                throw new Error('inner');
              });
            });
          } catch (thrown) {
            steps.push(thrown instanceof TaskGroupError ? 'handled' : 'cancelled');
          }
          await sleep(1);
          steps.push('went on');
        });
      }),
    );
    assert.equal(steps.includes('went on'), false);
    assert.equal(error.errors[0].message, 'outer');
  }));

test('20: after an inner error was handled, a cancel from outside ends the next wait', () =>
  testRun(async () => {
    const steps: string[] = [];
    await cancelScope(async (scope) => {
      try {
        await taskGroup((group) => {
          group.spawn(() => {
            scope.cancel();
            throw new Error('inner');
          });
        });
      } catch (error) {
        steps.push(error instanceof TaskGroupError ? 'handled' : 'other');
      }
      await sleep(1);
      steps.push('went on');
    });
    assert.deepEqual(steps, ['handled']);
  }));

test('21: group.cancel() ends children and body without an error, more than once and after the end too', () =>
  testRun(async () => {
    let handle: TaskGroup | undefined;
    let reached = false;
    const value = await taskGroup(async (group) => {
      handle = group;
      const task = group.spawn(sleepForever);
      await sleep(1);
      group.cancel('done');
      group.cancel('again');
      assert.equal(task.state, 'running');
      await sleepForever();
      reached = true;
    });
    handle?.cancel();
    assert.equal(value, undefined);
    assert.equal(reached, false);
    assert.equal(now(), 1);
  }));

test('22: a child spawned after group.cancel() still starts, and meets the cancel at its first checkpoint', () =>
  testRun(async () => {
    const steps: string[] = [];
    await taskGroup((group) => {
      group.cancel();
      group.spawn(async () => {
        steps.push('started');
        await checkpoint();
        steps.push('passed');
      });
    });
    assert.deepEqual(steps, ['started']);
  }));

test('23: start returns what the service says when it is ready, and the service goes on', () =>
  testRun(async () => {
    await taskGroup(async (group) => {
      const port = await group.start<number>(async (started) => {
        await sleep(10);
        started(8080);
        await sleepForever();
      });
      assert.equal(port, 8080);
      assert.equal(now(), 10);
      group.cancel();
    });
  }));

test('23: an error before started() goes to the caller of start and leaves the group alone', () =>
  testRun(async () => {
    const boom = new Error('no port');
    const value = await taskGroup(async (group) => {
      await assert.rejects(
        () =>
          group.start(async () => {
            await sleep(1);
            throw boom;
          }),
        boom,
      );
      await sleep(1);
      return 'unharmed';
    });
    assert.equal(value, 'unharmed');
  }));

test('23: an error after started() goes to the group', () =>
  testRun(async () => {
    const boom = new Error('later');
    const error = await groupError(
      taskGroup(async (group) => {
        await group.start(async (started) => {
          started(undefined);
          await sleep(1);
          throw boom;
        });
        await sleepForever();
      }),
    );
    assert.deepEqual(error.errors, [boom]);
  }));

test('23: calling started() twice is a usage error of the service', () =>
  testRun(async () => {
    const error = await groupError(
      taskGroup(async (group) => {
        await group.start<number>((started) => {
          started(1);
          started(2);
        });
        await sleepForever();
      }),
    );
    assert.ok(error.errors[0] instanceof UsageError);
  }));

test('23: a service that ends without started() is a usage error of the caller', () =>
  testRun(async () => {
    await taskGroup(async (group) => {
      await assert.rejects(() => group.start(() => sleep(1)), UsageError);
    });
  }));

test('23: a caller of start that is cancelled takes the service along and waits for its clean-up', () =>
  testRun(async () => {
    let cleaned = false;
    await taskGroup(async (group) => {
      await assert.rejects(
        () =>
          timeout(10, () =>
            group.start(async () => {
              try {
                await sleepForever();
              } finally {
                await shield(() => sleep(20));
                cleaned = true;
              }
            }),
          ),
        { code: 'SLUICE_TIMEOUT' },
      );
      assert.equal(cleaned, true);
      assert.equal(now(), 30);
    });
  }));

test('24: a start in progress keeps the group open', () =>
  testRun(async () => {
    let starting: Promise<number> | undefined;
    await taskGroup((group) => {
      starting = group.start<number>(async (started) => {
        await sleep(50);
        started(1);
        await sleep(50);
      });
    });
    assert.equal(now(), 100);
    assert.equal(await starting, 1);
  }));

test('24: isCancelled tells a cancellation from an error inside a task', () =>
  testRun(async () => {
    const seen: boolean[] = [];
    await taskGroup(async (group) => {
      group.spawn(async () => {
        try {
          await sleepForever();
        } catch (error) {
          seen.push(isCancelled(error), isCancelled(new Error('other')));
        }
      });
      await sleep(1);
      group.cancel();
    });
    assert.deepEqual(seen, [true, false]);
  }));
