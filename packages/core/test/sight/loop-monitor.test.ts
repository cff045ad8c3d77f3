import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkpoint, loopMonitor, type SlowCallback, sleep, taskGroup } from '@sluice/core';
import { sight } from '../../src/sight/observer.ts';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

function block(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

/** What the monitor said while `work` ran, above the noise of a busy machine. */
async function slowDuring(work: () => Promise<unknown>): Promise<SlowCallback[]> {
  const seen: SlowCallback[] = [];
  const stop = loopMonitor({ slow: '100ms', onSlow: (slow) => void seen.push(slow) });
  await work();
  await new Promise((resolve) => setTimeout(resolve, 60));
  stop();
  assert.equal(sight.observer, null);
  return seen.filter((slow) => slow.durationMs > 250);
}

for (const [how, end] of [
  ['when it then waits', () => sleep(1)],
  ['when it then ends', () => {}],
  ['when it then waits for something that is not ours', () => new Promise((resolve) => setTimeout(resolve, 100))],
] as const) {
  test(`a task that blocks the loop is named, ${how}`, async () => {
    const slow = await slowDuring(() =>
      taskGroup(async (group) => {
        group.spawn(() => sleep(1), { name: 'innocent' });
        await sleep(20);
        group.spawn(
          async () => {
            block(400);
            await end();
          },
          { name: 'guilty' },
        );
      }),
    );
    assert.deepEqual(
      slow.map(({ task }) => task?.name),
      ['guilty'],
    );
    assert.ok(slow[0]!.durationMs >= 400);
  });
}

test('a task that blocks the loop after a wait is named', async () => {
  const slow = await slowDuring(() =>
    taskGroup((group) => {
      group.spawn(
        async () => {
          await sleep(30);
          block(400);
          await checkpoint();
        },
        { name: 'guilty' },
      );
      group.spawn(() => sleep(700), { name: 'innocent' });
    }),
  );
  assert.deepEqual(
    slow.map(({ task }) => task?.name),
    ['guilty'],
  );
});

test('code outside every task is no task of ours, and an idle loop is not slow', async () => {
  const slow = await slowDuring(async () => {
    await new Promise((resolve) => setTimeout(resolve, 400));
    block(400);
    await new Promise((resolve) => setTimeout(resolve, 1));
  });
  assert.deepEqual(
    slow.map(({ task }) => task),
    [undefined],
  );
});
