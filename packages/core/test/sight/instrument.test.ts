import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addInstrument,
  cancelScope,
  currentScope,
  currentTask,
  sleep,
  sleepForever,
  taskGroup,
  UsageError,
} from '@sluice/core';
import { testRun } from '@sluice/core/testing';
import { sight } from '../../src/sight/observer.ts';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

test('an instrument is told of tasks, waits and cancels in the order in which they happen, outside every scope', () =>
  testRun(async () => {
    const log: string[] = [];
    const inside = currentScope();
    const note = (text: string): void => {
      assert.equal(currentTask(), undefined);
      assert.notEqual(currentScope(), inside);
      log.push(text);
    };
    const remove = addInstrument({
      taskSpawned: (task) => note(`spawned ${task.name} ${task.state}`),
      taskStarted: (task) => note(`started ${task.name} ${task.state}`),
      taskExited: (task) => note(`exited ${task.name} ${task.state}`),
      scopeCancelled: ({ task, error }) => note(`cancelled ${task?.name} ${(error as Error).message}`),
      beforeWait: (task) => note(`waits ${task?.name}`),
      afterWait: (task) => note(`goes on ${task?.name}`),
    });
    await taskGroup((group) => {
      group.spawn(() => sleep(1), { name: 'a' });
      const b = group.spawn(sleepForever, { name: 'b' });
      group.spawn(() => b.cancel('enough'), { name: 'c' });
    });
    remove();
    remove();
    await taskGroup((group) => void group.spawn(() => sleep(1)));
    assert.deepEqual(log, [
      'spawned a pending',
      'spawned b pending',
      'spawned c pending',
      'started a running',
      'waits a',
      'started b running',
      'waits b',
      'started c running',
      'cancelled b cancelled: enough',
      'goes on b',
      'exited c done',
      'exited b cancelled',
      'goes on a',
      'exited a done',
    ]);
  }));

test('without instruments nobody looks, and one that is removed by another is told no more', () =>
  testRun(async () => {
    assert.equal(sight.observer, null);
    const seen: string[] = [];
    const removeSecond = (): void => second();
    const first = addInstrument({
      scopeCancelled: () => {
        seen.push('first');
        removeSecond();
      },
    });
    const second = addInstrument({ scopeCancelled: () => void seen.push('second') });
    const cancel = (): Promise<unknown> => cancelScope((scope) => scope.cancel());
    await cancel();
    await cancel();
    first();
    assert.equal(seen.filter((one) => one === 'first').length, 2);
    assert.ok(seen.filter((one) => one === 'second').length <= 1);
    assert.equal(sight.observer, null);
    assert.throws(() => addInstrument(undefined as never), UsageError);
  }));
