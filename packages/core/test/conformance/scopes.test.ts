import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CancelledError,
  type CancelScope,
  cancellable,
  cancelScope,
  checkpoint,
  currentEffectiveDeadline,
  moveOnAfter,
  now,
  shield,
  sleep,
  sleepForever,
  TimeoutError,
  taskGroup,
  timeout,
} from '@sluice/core';
import { testRun } from '@sluice/core/testing';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

test('25: cancel() is idempotent, and cancelCalled and cancelledCaught are separate facts', () =>
  testRun(async () => {
    let kept: CancelScope | undefined;
    await cancelScope(async (scope) => {
      kept = scope;
      assert.deepEqual([scope.cancelCalled, scope.cancelledCaught], [false, false]);
      scope.cancel('one');
      scope.cancel('two');
      assert.deepEqual([scope.cancelCalled, scope.cancelledCaught], [true, false]);
      await checkpoint();
    });
    assert.deepEqual([kept?.cancelCalled, kept?.cancelledCaught], [true, true]);
    assert.equal((kept!.signal.reason as CancelledError).reason, 'one');
  }));

test('26: a swallowed cancellation is met again at every later wait', () =>
  testRun(async () => {
    let met = 0;
    await cancelScope(async (scope) => {
      scope.cancel();
      for (const wait of [() => sleep(10), () => cancellable(new Promise(() => {})), checkpoint]) {
        try {
          await wait();
        } catch (error) {
          assert.ok(error instanceof CancelledError);
          met++;
        }
      }
    });
    assert.equal(met, 3);
    assert.equal(now(), 0);
  }));

test('27: a scope that is cancelled and left without a checkpoint gives its value', () =>
  testRun(async () => {
    let kept: CancelScope | undefined;
    const value = await cancelScope(async (scope) => {
      kept = scope;
      scope.cancel();
      return 5;
    });
    assert.equal(value, 5);
    assert.equal(kept?.cancelledCaught, false);
  }));

test('29: waits under a shield outlast a cancel from outside; taking the shield off ends them at once', () =>
  testRun(async () => {
    let wokeAt = Number.NaN;
    await cancelScope(async (outer) => {
      await taskGroup(async (group) => {
        let inner: CancelScope | undefined;
        group.spawn(async () => {
          await cancelScope(
            async (scope) => {
              inner = scope;
              await sleep(10);
              try {
                await sleepForever();
              } finally {
                wokeAt = now();
              }
            },
            { shield: true },
          );
        });
        await shield(async () => {
          await sleep(1);
          outer.cancel();
          await sleep(49);
          assert.equal(Number.isNaN(wokeAt), true);
          inner!.shield = false;
        });
      });
    });
    assert.equal(wokeAt, 50);
  }));

test('29: a shield that is put up over a cancelled scope lets its waits proceed', () =>
  testRun(async () => {
    let slept = false;
    await cancelScope(async (outer) => {
      outer.cancel();
      await cancelScope(async (inner) => {
        await assert.rejects(() => checkpoint(), CancelledError);
        inner.shield = true;
        await sleep(5);
        slept = true;
        inner.shield = false;
        await checkpoint();
        assert.fail('the cancel holds again');
      });
    });
    assert.equal(slept, true);
  }));

test('30: a shield keeps out only what comes from outside: its own cancel and deadline and inner scopes still work', () =>
  testRun(async () => {
    const byCancel = await cancelScope(
      async (scope) => {
        scope.cancel();
        await sleepForever();
      },
      { shield: true },
    );
    assert.equal(byCancel, undefined);
    await cancelScope(sleepForever, { shield: true, deadline: now() + 10 });
    assert.equal(now(), 10);
    await shield(async () => {
      assert.equal((await moveOnAfter(5, sleepForever)).timedOut, true);
    });
    assert.equal(now(), 15);
    await assert.rejects(() => shield(sleepForever, { timeout: 5 }), TimeoutError);
    assert.equal(now(), 20);
  }));

test('31: an aggregate of cancellations and errors leaves the scope with its errors alone', () =>
  testRun(async () => {
    const real = new Error('real');
    await assert.rejects(
      () =>
        cancelScope(async (scope) => {
          scope.cancel();
          const caught = await checkpoint().then(undefined, (error: unknown) => error);
          throw new AggregateError([caught, new AggregateError([real, caught], 'inner')], 'mixed');
        }),
      (error: AggregateError) => {
        assert.equal(error.message, 'mixed');
        assert.equal(error.errors.length, 1);
        assert.deepEqual(error.errors[0].errors, [real]);
        return true;
      },
    );
  }));

test('31: an aggregate of nothing but cancellations is a cancellation', () =>
  testRun(async () => {
    const value = await cancelScope(async (scope) => {
      scope.cancel();
      const caught = await checkpoint().then(undefined, (error: unknown) => error);
      throw new AggregateError([caught, new AggregateError([caught])]);
    });
    assert.equal(value, undefined);
  }));

test('32: a scope that is cancelled before it is entered cancels at its first checkpoint', () =>
  testRun(async () => {
    const steps: string[] = [];
    await cancelScope(
      async () => {
        steps.push('entered');
        await checkpoint();
        steps.push('passed');
      },
      { signal: AbortSignal.abort('too late') },
    );
    assert.deepEqual(steps, ['entered']);
  }));

test('32: cancel on a scope that has ended does nothing', () =>
  testRun(async () => {
    let kept: CancelScope | undefined;
    await cancelScope((scope) => {
      kept = scope;
    });
    kept?.cancel();
    assert.equal(kept?.cancelCalled, false);
  }));

test('34: every cancellation carries the first reason, and where it came from can be read', () =>
  testRun(async () => {
    const seen: CancelledError[] = [];
    const record = async (): Promise<void> => {
      try {
        await sleepForever();
      } catch (error) {
        assert.ok(error instanceof CancelledError);
        seen.push(error);
        throw error;
      }
    };
    await taskGroup(async (group) => {
      group.spawn(record);
      group.spawn(record);
      await sleep(1);
      group.cancel('first');
      group.cancel('second');
    });
    assert.deepEqual(
      seen.map(({ reason, source }) => [reason, source]),
      [
        ['first', 'explicit'],
        ['first', 'explicit'],
      ],
    );
    assert.equal(seen[0], seen[1]);
    await moveOnAfter(1, record);
    assert.equal(seen[2]?.source, 'deadline');
    const boom = new Error('boom');
    await assert.rejects(() =>
      taskGroup((group) => {
        group.spawn(record);
        group.spawn(() => {
          throw boom;
        });
      }),
    );
    assert.deepEqual([seen[3]?.source, seen[3]?.reason, seen[3]?.cause], ['sibling', boom, boom]);
  }));

test('35: the effective deadline is the earliest around, up to a shield, and -Infinity once cancelled', () =>
  testRun(async () => {
    assert.equal(currentEffectiveDeadline(), Number.POSITIVE_INFINITY);
    await timeout(100, async () => {
      assert.equal(currentEffectiveDeadline(), 100);
      await timeout(50, async () => assert.equal(currentEffectiveDeadline(), 50));
      await timeout(500, async () => assert.equal(currentEffectiveDeadline(), 100));
      await shield(async () => {
        assert.equal(currentEffectiveDeadline(), Number.POSITIVE_INFINITY);
        await timeout(200, async () => assert.equal(currentEffectiveDeadline(), 200));
      });
    });
    await cancelScope(async (scope) => {
      scope.cancel();
      assert.equal(currentEffectiveDeadline(), Number.NEGATIVE_INFINITY);
      await timeout(200, async () => assert.equal(currentEffectiveDeadline(), Number.NEGATIVE_INFINITY));
      await shield(async () => assert.equal(currentEffectiveDeadline(), Number.POSITIVE_INFINITY));
    });
  }));

test('36: a deadline that is moved later, earlier or off rules', () =>
  testRun(async () => {
    await timeout(10, async (scope) => {
      scope.deadline = 100;
      assert.equal(scope.deadline, 100);
      await sleep(50);
      scope.deadline = Number.POSITIVE_INFINITY;
      await sleep(1000);
    });
    assert.equal(now(), 1050);
    await assert.rejects(
      () =>
        timeout(1000, async (scope) => {
          scope.deadline = now() + 5;
          await sleepForever();
        }),
      TimeoutError,
    );
    assert.equal(now(), 1055);
    await assert.rejects(
      () =>
        timeout(1000, async (scope) => {
          scope.deadline = now() - 5;
          assert.equal(scope.cancelCalled, true);
          await sleepForever();
        }),
      TimeoutError,
    );
  }));
