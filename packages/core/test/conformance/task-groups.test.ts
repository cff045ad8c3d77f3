import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CancelledError,
  cancelScope,
  now,
  shield,
  sleep,
  sleepForever,
  type Task,
  TaskCancelledError,
  type TaskGroup,
  TaskGroupError,
  taskGroup,
  UsageError,
} from '@sluice/core';
import { testRun } from '@sluice/core/testing';
import { scopeHere } from '../../src/scope/current.ts';
import { Group } from '../../src/task/group.ts';
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

test('1: a group waits for the slower of two children, and both results can be read', () =>
  testRun(async () => {
    let fast: Task<string> | undefined;
    let slow: Task<string> | undefined;
    await taskGroup(async (group) => {
      fast = group.spawn(async () => 'fast');
      slow = group.spawn(async () => {
        await sleep(100);
        return 'slow';
      });
    });
    assert.equal(now(), 100);
    assert.deepEqual([await fast, await slow], ['fast', 'slow']);
    assert.deepEqual([fast?.state, slow?.state], ['done', 'done']);
  }));

test('1: a child starts on a microtask, never inside spawn', () =>
  testRun(async () => {
    const order: string[] = [];
    await taskGroup(async (group) => {
      const task = group.spawn(() => order.push('child'));
      assert.equal(task.state, 'pending');
      order.push('body');
    });
    assert.deepEqual(order, ['body', 'child']);
  }));

test('2: a child spawned after an await in the body is awaited too', () =>
  testRun(async () => {
    let ended = false;
    await taskGroup(async (group) => {
      group.spawn(() => sleep(10));
      await sleep(5);
      group.spawn(async () => {
        await sleep(100);
        ended = true;
      });
    });
    assert.equal(ended, true);
    assert.equal(now(), 105);
  }));

test('3: a child that is cancelled alone is no error of the group', () =>
  testRun(async () => {
    const value = await taskGroup(async (group) => {
      const victim = group.spawn(sleepForever);
      const other = group.spawn(async () => {
        await sleep(10);
        return 7;
      });
      await sleep(1);
      victim.cancel('not needed');
      await assert.rejects(async () => await victim, TaskCancelledError);
      assert.equal(victim.state, 'cancelled');
      return await other;
    });
    assert.equal(value, 7);
  }));

test('4: a child that throws cancels its siblings and the body, all are awaited, and one aggregate with the error alone is thrown', () =>
  testRun(async () => {
    const boom = new Error('boom');
    const cleaned: string[] = [];
    let reached = false;
    const error = await groupError(
      taskGroup(async (group) => {
        group.spawn(async () => {
          try {
            await sleepForever();
          } finally {
            await shield(() => sleep(50));
            cleaned.push('sibling');
          }
        });
        group.spawn(
          async () => {
            await sleep(10);
            throw boom;
          },
          { name: 'bad' },
        );
        try {
          await sleepForever();
          reached = true;
        } finally {
          cleaned.push('body');
        }
        reached = true;
      }),
    );
    assert.deepEqual(error.errors, [boom]);
    assert.deepEqual(error.taskNames, ['bad']);
    assert.equal(error.cause, boom);
    assert.deepEqual(cleaned, ['body', 'sibling']);
    assert.equal(reached, false);
    assert.equal(now(), 60);
  }));

test('5: children that throw at once are all in the aggregate, and no cancellation is', () =>
  testRun(async () => {
    const error = await groupError(
      taskGroup((group) => {
        for (const name of ['a', 'b', 'c']) {
          group.spawn(async () => {
            await sleep(10);
            throw new Error(name);
          });
        }
        group.spawn(sleepForever);
      }),
    );
    assert.deepEqual(
      error.errors.map((inner: Error) => inner.message),
      ['a', 'b', 'c'],
    );
  }));

test('6: a group whose owner is cancelled from outside ends as cancelled, after its children', () =>
  testRun(async () => {
    const ended: string[] = [];
    let seen: unknown;
    await cancelScope(async (scope) => {
      try {
        await taskGroup(async (group) => {
          for (const name of ['a', 'b']) {
            group.spawn(async () => {
              try {
                await sleepForever();
              } finally {
                await shield(() => sleep(5));
                ended.push(name);
              }
            });
          }
          await sleep(1);
          scope.cancel('enough');
        });
      } catch (error) {
        seen = error;
        assert.equal(ended.length, 2);
        throw error;
      }
    });
    assert.ok(seen instanceof CancelledError);
    assert.equal(seen.reason, 'enough');
    assert.deepEqual(ended.sort(), ['a', 'b']);
  }));

test('7: clean-up that fails while the owner is being cancelled wins over the cancellation', () =>
  testRun(async () => {
    const error = await groupError(
      cancelScope(async (scope) => {
        await taskGroup(async (group) => {
          for (const name of ['a', 'b']) {
            group.spawn(async () => {
              try {
                await sleepForever();
              } finally {
                // biome-ignore lint/correctness/noUnsafeFinally: a clean-up that fails is what is tested
                throw new Error(`clean-up of ${name}`);
              }
            });
          }
          await sleep(1);
          scope.cancel();
          await sleepForever();
        });
      }),
    );
    assert.deepEqual(error.errors.map((inner: Error) => inner.message).sort(), ['clean-up of a', 'clean-up of b']);
  }));

for (const when of ['before', 'after'] as const) {
  test(`8: a body that throws ${when} an await cancels and awaits the children, and its error is in the aggregate`, () =>
    testRun(async () => {
      const boom = new Error('body');
      let childEnd: unknown;
      const error = await groupError(
        taskGroup(async (group) => {
          group.spawn(async () => {
            try {
              await sleepForever();
            } catch (thrown) {
              childEnd = thrown;
              throw thrown;
            }
          });
          if (when === 'after') await sleep(1);
          throw boom;
        }),
      );
      assert.deepEqual(error.errors, [boom]);
      assert.deepEqual(error.taskNames, [null]);
      assert.ok(childEnd instanceof CancelledError);
      assert.equal(childEnd.source, 'sibling');
    }));
}

test('8: a body that throws synchronously fails the group too', () =>
  testRun(async () => {
    const error = await groupError(
      taskGroup(() => {
        throw new RangeError('at once');
      }),
    );
    assert.ok(error.find(RangeError));
  }));

test('9: nested groups keep their nesting in the error', () =>
  testRun(async () => {
    const boom = new TypeError('deep');
    const error = await groupError(
      taskGroup((outer) => {
        outer.spawn(
          () =>
            taskGroup(
              (inner) => {
                inner.spawn(() => {
                  throw boom;
                });
              },
              { name: 'inner' },
            ),
          { name: 'branch' },
        );
        outer.spawn(sleepForever);
      }),
    );
    assert.equal(error.errors.length, 1);
    assert.ok(error.errors[0] instanceof TaskGroupError);
    assert.deepEqual(error.errors[0].errors, [boom]);
    assert.deepEqual(error.flatten(), [boom]);
    assert.equal(error.find(TypeError), boom);
  }));

test('11: a crash during the slow cancel handler of the body is still reported', () =>
  testRun(async () => {
    const boom = new Error('crash');
    const error = await groupError(
      cancelScope(async (scope) => {
        await taskGroup(async (group) => {
          group.spawn(async () => {
            await shield(() => sleep(10));
            throw boom;
          });
          await sleep(1);
          scope.cancel();
          try {
            await sleepForever();
          } finally {
            await shield(() => sleep(100));
          }
        });
      }),
    );
    assert.deepEqual(error.errors, [boom]);
  }));

test('13: finished children are released at once: none is live at the end of the group', () =>
  testRun(async () => {
    const group = new Group(scopeHere(), 'inspected');
    await group.enter(async () => {
      for (let round = 0; round < 10; round++) {
        group.spawn(() => sleep(1));
        assert.ok(group.firstChild !== null);
        await sleep(2);
        assert.ok(group.firstChild === null);
      }
    });
  }));

test('14: children that a child spawns into its own group are awaited', () =>
  testRun(async () => {
    const ended: number[] = [];
    await taskGroup((group) => {
      const descend = async (depth: number): Promise<void> => {
        await sleep(10);
        if (depth > 0) group.spawn(() => descend(depth - 1));
        ended.push(depth);
      };
      group.spawn(() => descend(3));
    });
    assert.deepEqual(ended, [3, 2, 1, 0]);
    assert.equal(now(), 40);
  }));

test('14: a task spawned from outside while the group is about to close is awaited or refused, at any microtask', () =>
  testRun(async () => {
    for (let delay = 0; delay < 12; delay++) {
      let handle: TaskGroup | undefined;
      let accepted: Task<void> | undefined;
      const later = async (): Promise<void> => {
        for (let tick = 0; tick < delay; tick++) await Promise.resolve();
        try {
          accepted = handle!.spawn(() => sleep(5));
        } catch (error) {
          assert.ok(error instanceof UsageError);
        }
      };
      let spawning: Promise<void> | undefined;
      await taskGroup((group) => {
        handle = group;
        group.spawn(async () => {
          await sleep(1);
          spawning = later();
        });
      });
      const stateAtEnd = accepted?.state;
      await spawning;
      if (accepted !== undefined) assert.equal(stateAtEnd, 'done', `spawned ${delay} microtasks later`);
    }
  }));
