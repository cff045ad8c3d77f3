import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  background,
  CancelledError,
  cancelScope,
  currentScope,
  now,
  run,
  sleep,
  sleepForever,
  TaskCancelledError,
  taskGroup,
  UsageError,
} from '@sluice/core';
import { ManualClock, testRun } from '@sluice/core/testing';
import { expectNothingLeft } from '../leaks/nothing-left.ts';
import { warningsDuring } from '../sight/warnings.ts';

expectNothingLeft();

test('a service outlives the group and the scope that started it, and their cancel', () =>
  testRun(async () => {
    const log: string[] = [];
    let service: ReturnType<typeof background<string>> | undefined;
    await cancelScope(async (scope) => {
      await taskGroup((group) => {
        group.spawn(() => {
          service = background(
            async () => {
              await sleep(100);
              log.push(`${now()}`);
              return 'value';
            },
            { name: 'service' },
          );
        });
      });
      scope.cancel();
    });
    assert.equal(now(), 0);
    assert.deepEqual([service!.name, service!.state], ['service', 'running']);
    assert.equal(await service!.done, 'value');
    assert.deepEqual(log, ['100']);
  }));

test('outside run a service goes on until it is cancelled or ends, and done tells how', async () => {
  const forever = background(sleepForever);
  await sleep(1);
  forever.cancel('enough');
  await assert.rejects(() => forever.done, TaskCancelledError);
  assert.equal(forever.state, 'cancelled');
  const boom = new Error('boom');
  const fails = background(() => {
    throw boom;
  });
  const warnings = await warningsDuring(() => assert.rejects(() => fails.done, boom));
  assert.deepEqual(warnings, [], 'who asks answers for the error');
});

test('one service that fails does not end another', async () => {
  const other = background(sleepForever);
  const warnings = await warningsDuring(async () => {
    background(() => {
      throw new Error('boom');
    });
    await sleep(1);
    assert.equal(other.state, 'running');
    other.cancel();
    await assert.rejects(() => other.done);
  });
  assert.equal(warnings.length, 1);
});

test('waiting for done is a checkpoint of the one who waits', () =>
  testRun(async () => {
    const service = background(sleepForever);
    await cancelScope(async (scope) => {
      scope.deadline = 10;
      await assert.rejects(() => service.done, CancelledError);
    });
    assert.equal(service.state, 'running');
  }));

test('after the end of a run nothing can be started in its background', async () => {
  let late: (() => void) | undefined;
  await run(
    () => {
      const scope = currentScope();
      late = (): void => {
        assert.notEqual(currentScope(), undefined);
        background(sleepForever);
      };
      setImmediate(() => {
        assert.throws(late!, UsageError);
        assert.ok(scope);
        late = undefined;
      });
    },
    { handleSignals: false },
  );
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(late, undefined);
});

test('run takes a clock of its own', async () => {
  const clock = new ManualClock();
  const work = run(() => sleep('1h'), { clock, handleSignals: false });
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(3_600_000);
  await work;
});
