import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  background,
  ContextVar,
  currentTask,
  gather,
  map,
  mapStream,
  sleep,
  type Task,
  taskGroup,
  timeout,
  UsageError,
} from '@sluice/core';
import { testRun } from '@sluice/core/testing';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

test('a variable has its default until it is set, and without one reading it is a usage error', () =>
  testRun(() => {
    assert.equal(new ContextVar('a', { default: 1 }).get(), 1);
    assert.equal(new ContextVar<undefined>('b', { default: undefined }).get(), undefined);
    assert.throws(() => new ContextVar('c').get(), /'c' has no value here/);
  }));

test('reset takes a set back, in the task that did it, once', () =>
  testRun(async () => {
    const variable = new ContextVar<number>('n');
    const first = variable.set(1);
    const second = variable.set(2);
    variable.reset(second);
    assert.equal(variable.get(), 1);
    assert.throws(() => variable.reset(second), /used already/);
    await taskGroup(async (group) => {
      await group.spawn(() => assert.throws(() => variable.reset(first), /another task/));
    });
    assert.throws(() => new ContextVar('other').reset(first), UsageError);
    variable.reset(first);
    assert.throws(() => variable.get(), UsageError);
  }));

test('a set inside a scope of the task is seen after the scope, and other variables are kept', () =>
  testRun(async () => {
    const [a, b] = [new ContextVar<number>('a'), new ContextVar<number>('b')];
    a.set(1);
    await timeout('1s', async () => {
      await sleep(1);
      b.set(2);
    });
    assert.deepEqual([a.get(), b.get()], [1, 2]);
  }));

test('siblings do not see each other', () =>
  testRun(async () => {
    const variable = new ContextVar<number>('id');
    const seen = await gather(
      [1, 2, 3].map((id) => async () => {
        variable.set(id);
        await sleep(10 - id);
        return variable.get();
      }),
    );
    assert.deepEqual(seen, [1, 2, 3]);
  }));

test('what one item of map or mapStream sets is not seen by the next', () =>
  testRun(async () => {
    const variable = new ContextVar<string>('item', { default: 'clean' });
    const step = async (item: number): Promise<string> => {
      const before = variable.get();
      variable.set(`dirty ${item}`);
      await sleep(1);
      return before;
    };
    assert.deepEqual(new Set(await map(Array(9).keys(), step, { concurrency: 2 })), new Set(['clean']));
    for await (const before of mapStream(Array(9).keys(), step, { concurrency: 2 })) assert.equal(before, 'clean');
    variable.set('outer');
    assert.deepEqual(new Set(await map(Array(9).keys(), step, { concurrency: 2 })), new Set(['outer']));
  }));

test('run gives a value to one call and to what it spawns, outside every run too', async () => {
  const variable = new ContextVar<string>('request', { default: 'none' });
  const handle = (id: string): Promise<string> =>
    variable.run(id, async () => {
      await sleep(1);
      return taskGroup(async (group) => await group.spawn(() => variable.get()));
    });
  assert.deepEqual(await Promise.all([handle('a'), handle('b')]), ['a', 'b']);
  assert.equal(variable.get(), 'none');
  await assert.rejects(
    () =>
      variable.run('x', () => {
        throw new TypeError('as it is');
      }),
    TypeError,
  );
  const token = variable.set('for all outside');
  assert.equal(variable.get(), 'for all outside');
  await testRun(() => assert.equal(variable.get(), 'for all outside', 'a run begins with what its caller has'));
  variable.reset(token);
  assert.equal(variable.get(), 'none');
});

test('a service in the background begins with the values of its starter', () =>
  testRun(async () => {
    const variable = new ContextVar<number>('n');
    variable.set(7);
    assert.equal(await background(() => variable.get()).done, 7);
  }));

test('portable variables of one name are one variable, whatever they are called; others are their own', () =>
  testRun(async () => {
    assert.equal(ContextVar.portableValues(), undefined);
    for (const name of ['id', '__proto__', 'constructor', '']) {
      const [one, other] = [
        new ContextVar<number>(name, { portable: true }),
        new ContextVar<number>(name, { portable: true }),
      ];
      const own = new ContextVar<number>(name, { default: 0 });
      await one.run(1, async () => {
        assert.equal(other.get(), 1);
        assert.equal(own.get(), 0);
        own.set(2);
        assert.deepEqual(Object.entries(ContextVar.portableValues()!), [[name, 1]]);
        await ContextVar.runWithPortable({ [name]: 3 }, async () => {
          await sleep(1);
          assert.deepEqual([one.get(), own.get()], [3, 2]);
          const token = other.set(4);
          assert.equal(one.get(), 4);
          other.reset(token);
          assert.equal(one.get(), 3);
        });
        assert.equal(one.get(), 1);
      });
    }
  }));

test('currentTask is the task that runs, and nothing outside every task', async () => {
  assert.equal(currentTask(), undefined);
  await testRun(() =>
    taskGroup(async (group) => {
      const task: Task<void> = group.spawn(
        async (): Promise<void> => {
          await timeout('1s', () => sleep(1));
          assert.equal(currentTask(), task);
          assert.deepEqual([currentTask()?.name, currentTask()?.state], ['me', 'running']);
        },
        { name: 'me' },
      );
    }),
  );
});
