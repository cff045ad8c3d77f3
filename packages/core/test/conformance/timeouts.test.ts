import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CancelledError,
  type CancelScope,
  cancelScope,
  checkpoint,
  currentEffectiveDeadline,
  currentScope,
  InvalidDurationError,
  moveOnAfter,
  now,
  shield,
  sleep,
  sleepForever,
  sleepUntil,
  type Task,
  type TaskGroupError,
  TimeoutError,
  taskGroup,
  timeout,
} from '@sluice/core';
import { testRun } from '@sluice/core/testing';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

test('39: 20,000 nested scopes overflow no stack, neither on the way in nor when they are cancelled', () =>
  testRun(async () => {
    let deepest = 0;
    const descend = async (depth: number): Promise<void> => {
      deepest = Math.max(deepest, depth);
      // The user's own recursion must not be what overflows.
      await Promise.resolve();
      if (depth === 20_000) await sleepForever();
      await cancelScope(() => descend(depth + 1));
    };
    assert.equal((await moveOnAfter(10, () => descend(0))).timedOut, true);
    assert.equal(deepest, 20_000);
  }));

test('39: a checkpoint under 20,000 nested cancelled scopes overflows no stack', () =>
  testRun(async () => {
    const descend = async (depth: number): Promise<void> => {
      await Promise.resolve();
      if (depth < 20_000) {
        await cancelScope(() => descend(depth + 1));
        return;
      }
      currentEffectiveDeadline();
      await checkpoint();
      assert.fail('cancelled');
    };
    await cancelScope(async (scope) => {
      scope.cancel();
      await descend(0);
    });
  }));

test('40: durations that are NaN or negative are range errors', () =>
  testRun(async () => {
    for (const bad of [Number.NaN, -1, '-1s', 'soon', ''] as never[]) {
      await assert.rejects(async () => sleep(bad), RangeError);
      await assert.rejects(() => timeout(bad, () => {}), InvalidDurationError);
      await assert.rejects(() => moveOnAfter(bad, () => {}), RangeError);
      await assert.rejects(() => shield(() => {}, { timeout: bad }), RangeError);
    }
    await assert.rejects(async () => sleepUntil(Number.NaN), RangeError);
    await assert.rejects(() => cancelScope(() => {}, { deadline: Number.NaN }), RangeError);
    await cancelScope((scope) => {
      assert.throws(() => {
        scope.deadline = Number.NaN;
      }, RangeError);
    });
  }));

test('40: a deadline that is no number is refused and leaves nothing behind that a group would wait for', () =>
  testRun(async () => {
    await taskGroup(async () => {
      await assert.rejects(() => cancelScope(() => {}, { deadline: '5s' as never }), InvalidDurationError);
    });
  }));

test('41: timeout(0) cuts off a body that reaches a checkpoint and lets one without pass', () =>
  testRun(async () => {
    await assert.rejects(() => timeout(0, () => sleep(0)), TimeoutError);
    await assert.rejects(() => timeout(0, checkpoint), TimeoutError);
    assert.equal(await timeout(0, () => 'value'), 'value');
    assert.equal(await timeout(0, async () => 'value'), 'value');
  }));

test('42: under timeout(0) a promise that is settled already still counts as a wait, a task that is done gives its value', () =>
  testRun(async () => {
    await taskGroup(async (group) => {
      const task = group.spawn(() => 5);
      assert.equal(await task, 5);
      assert.equal(await timeout(0, async () => await task), 5);
    });
    assert.equal(await timeout(0, async () => await Promise.resolve(5)), 5);
  }));

test('43: of two nested timeouts that expire together only the outer throws, and both say so', () =>
  testRun(async () => {
    const scopes: CancelScope[] = [];
    let innerError: unknown;
    await assert.rejects(
      () =>
        timeout(10, async (outer) => {
          scopes.push(outer);
          try {
            await timeout(10, async (inner) => {
              scopes.push(inner);
              await sleepForever();
            });
          } catch (error) {
            innerError = error;
            throw error;
          }
        }),
      TimeoutError,
    );
    assert.ok(innerError instanceof CancelledError);
    assert.deepEqual(
      scopes.map((scope) => [scope.cancelCalled, scope.cancelledCaught]),
      [
        [true, true],
        [true, false],
      ],
    );
  }));

test('43: an inner timeout that expired a moment before the outer, in the same turn, leaves the throw to the outer', () =>
  testRun(async () => {
    const thrown: string[] = [];
    await assert.rejects(
      () =>
        timeout(11, async () => {
          try {
            await timeout(10, async () => {
              try {
                await sleepForever();
              } finally {
                await shield(() => sleep(5));
              }
            });
          } catch (error) {
            thrown.push((error as Error).name);
            throw error;
          }
        }),
      TimeoutError,
    );
    assert.deepEqual(thrown, ['CancelledError']);
  }));

test('46: a cancel from outside before the expiry is no TimeoutError', () =>
  testRun(async () => {
    let seen: unknown;
    await cancelScope(async (scope) => {
      await taskGroup(async (group) => {
        group.spawn(async () => {
          try {
            await timeout(100, sleepForever);
          } catch (error) {
            seen = error;
            throw error;
          }
        });
        await sleep(1);
        scope.cancel();
      });
    });
    assert.ok(seen instanceof CancelledError);
    assert.equal(seen.source, 'explicit');
  }));

test('46: a cancel from outside during the clean-up of an expired timeout goes on as a cancel', () =>
  testRun(async () => {
    let seen: unknown;
    await cancelScope(async (scope) => {
      await taskGroup(async (group) => {
        group.spawn(async () => {
          try {
            await timeout(10, async () => {
              try {
                await sleepForever();
              } finally {
                await shield(() => sleep(10));
              }
            });
          } catch (error) {
            seen = error;
            throw error;
          }
        });
        await sleep(15);
        scope.cancel();
      });
    });
    assert.ok(seen instanceof CancelledError);
  }));

test('47: a task whose timeout was caught is not left cancelled', () =>
  testRun(async () => {
    await assert.rejects(() => timeout(1, sleepForever), TimeoutError);
    await checkpoint();
    await sleep(1);
    assert.equal(currentScope().cancelCalled, false);
    assert.equal(now(), 2);
  }));

test('48: work that finishes in the turn of the timer keeps its value', () =>
  testRun(async () => {
    assert.equal(
      await timeout(10, async () => {
        await sleep(10);
        return 'value';
      }).catch((error: unknown) => error instanceof TimeoutError && 'timed out'),
      'timed out',
      'the timeout was armed first, so it rules',
    );
    const value = await timeout(10, async () => {
      await sleepUntil(now() + 9.999);
      await Promise.resolve();
      return 'value';
    });
    assert.equal(value, 'value');
    let resolve: ((value: string) => void) | undefined;
    const foreign = new Promise<string>((settle) => {
      resolve = settle;
    });
    const late = timeout(10, async (scope) => {
      scope.signal.addEventListener('abort', () => resolve!('dropped'));
      return await foreign;
    });
    assert.equal(await late, 'dropped');
  }));

test('49: a timeout returns only after the clean-up has ended', () =>
  testRun(async () => {
    let cleaned = false;
    await assert.rejects(
      () =>
        timeout(10, async () => {
          try {
            await sleepForever();
          } finally {
            await shield(() => sleep(90));
            cleaned = true;
          }
        }),
      TimeoutError,
    );
    assert.equal(cleaned, true);
    assert.equal(now(), 100);
  }));

test('50: work that ignores the cancel and returns gives its value; work that throws gives its error', () =>
  testRun(async () => {
    const value = await timeout(10, async () => {
      try {
        await sleepForever();
      } catch {
        return 'kept';
      }
    });
    assert.equal(value, 'kept');
    const own = new RangeError('own');
    await assert.rejects(
      () =>
        timeout(10, async () => {
          try {
            await sleepForever();
          } catch {
            throw own;
          }
        }),
      own,
    );
  }));

test('52: a waiter times out while the task that it waited for goes on, and its result can be read later', () =>
  testRun(async () => {
    await taskGroup(async (group) => {
      const task: Task<string> = group.spawn(async () => {
        await sleep(50);
        return 'late';
      });
      await assert.rejects(() => timeout(10, async () => await task), TimeoutError);
      assert.equal(task.state, 'running');
      assert.equal(await task, 'late');
    });
  }));

test('73: what is shielded goes on under a cancel, and its error after that is reported', () =>
  testRun(async () => {
    const late = new Error('late');
    await assert.rejects(
      () =>
        taskGroup(async (group) => {
          group.spawn(() =>
            shield(async () => {
              await sleep(10);
              throw late;
            }),
          );
          await sleep(1);
          group.cancel();
        }),
      (error: TaskGroupError) => {
        assert.deepEqual(error.errors, [late]);
        return true;
      },
    );
  }));
