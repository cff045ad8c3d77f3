import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';
import { currentScope, run, type TaskGroup, taskGroup } from '@sluice/core';
import { testRun } from '@sluice/core/testing';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

const request = new AsyncLocalStorage<number>();

async function seenBySpawned(group: TaskGroup): Promise<(number | undefined)[]> {
  const tasks = [1, 2, 3].map((id) =>
    request.run(id, () =>
      group.spawn(async () => {
        const before = request.getStore();
        await Promise.resolve();
        assert.equal(request.getStore(), before);
        return before;
      }),
    ),
  );
  return Promise.all(tasks);
}

test('tasks that are spawned in one turn each see the AsyncLocalStorage of other libraries as it was at their own spawn', async () => {
  assert.deepEqual(await taskGroup(seenBySpawned), [1, 2, 3]);
  assert.deepEqual(await run(() => taskGroup(seenBySpawned), { handleSignals: false }), [1, 2, 3]);
  for (const seed of [1, 2, 3]) {
    assert.deepEqual(await testRun(() => taskGroup(seenBySpawned), { seed }), [1, 2, 3], `seed ${seed}`);
  }
});

test('the scope of a task that starts does not leak into what runs after it', async () => {
  const outside = currentScope();
  const seen: unknown[] = [];
  await taskGroup(async (group) => {
    group.spawn(() => {});
    queueMicrotask(() => seen.push(currentScope()));
    group.spawn(async () => {});
    await Promise.resolve();
    seen.push(currentScope());
    assert.equal(currentScope(), group.scope);
    assert.deepEqual(
      seen.map((scope) => scope === group.scope),
      [true, true],
    );
  });
  assert.equal(currentScope(), outside);
});

test('a task ends whatever its function does to the context, and whatever kind of promise it gives', () =>
  taskGroup(async (group) => {
    class Slow<T> extends Promise<T> {}
    const tasks = [
      group.spawn(() => {
        request.enterWith(5);
        return Promise.resolve('native');
      }),
      group.spawn(() => Slow.resolve('derived')),
      // biome-ignore lint/suspicious/noThenProperty: a foreign promise
      group.spawn(() => ({ then: (resolve: (value: string) => void) => resolve('thenable') }) as PromiseLike<string>),
      group.spawn(() => 'plain'),
    ];
    assert.deepEqual(await Promise.all(tasks), ['native', 'derived', 'thenable', 'plain']);
  }));
