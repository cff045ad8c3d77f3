import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CancelledError,
  cancellable,
  cancelScope,
  gather,
  gatherSettled,
  now,
  random,
  run,
  shield,
  sleep,
  sleepForever,
  taskGroup,
  timeout,
  UsageError,
} from '@sluice/core';
import { testRun } from '@sluice/core/testing';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

test('70: gatherSettled gives values and errors in the order of the input', () =>
  testRun(async () => {
    const boom = new Error('boom');
    const results = await gatherSettled([
      async () => {
        await sleep(20);
        return 'slow';
      },
      () => {
        throw boom;
      },
      () => 'fast',
    ]);
    assert.deepEqual(results, [
      { status: 'fulfilled', value: 'slow' },
      { status: 'rejected', reason: boom },
      { status: 'fulfilled', value: 'fast' },
    ]);
  }));

for (const [name, many] of [
  ['gather', gather],
  ['gatherSettled', gatherSettled],
] as const) {
  test(`70: cancelling ${name} cancels all of it and waits for the clean-up`, () =>
    testRun(async () => {
      const cleaned: number[] = [];
      let seen: unknown;
      await cancelScope(async (scope) => {
        const work = async (): Promise<void> => {
          try {
            await sleepForever();
          } finally {
            await shield(() => sleep(5));
            cleaned.push(1);
          }
        };
        scope.deadline = now() + 10;
        try {
          await many([work, work]);
        } catch (error) {
          seen = error;
          throw error;
        }
      });
      assert.ok(seen instanceof CancelledError);
      assert.equal(cleaned.length, 2);
      assert.equal(now(), 15);
    }));
}

test('75: run waits for what main began and did not await, and hears of no error twice', async () => {
  const ended: string[] = [];
  await run(
    async () => {
      void taskGroup((group) => {
        group.spawn(async () => {
          await sleep(5);
          ended.push('background');
        });
      });
      ended.push('main');
    },
    { handleSignals: false },
  );
  assert.deepEqual(ended, ['main', 'background']);
});

test('75: run cancels what main began and did not await when main fails', async () => {
  const boom = new Error('boom');
  let end: unknown;
  await assert.rejects(
    () =>
      run(
        async () => {
          void sleepForever().catch((error: unknown) => {
            end = error;
          });
          void timeout('1h', sleepForever).catch(() => {});
          throw boom;
        },
        { handleSignals: false },
      ),
    boom,
  );
  assert.ok(end instanceof CancelledError);
});

test('77: run inside run is a usage error', async () => {
  await run(() => assert.rejects(() => run(() => {}), UsageError), { handleSignals: false });
  await testRun(() => assert.rejects(() => run(() => {}), UsageError));
});

test('80: with autojump, time jumps to the next deadline in order and costs no real time', async () => {
  const order: string[] = [];
  const { setTimeout } = globalThis;
  const realWaits: unknown[] = [];
  globalThis.setTimeout = ((callback: () => void, ms: number) => {
    realWaits.push(ms);
    return setTimeout(callback, ms);
  }) as typeof setTimeout;
  await testRun(async () => {
    await taskGroup((group) => {
      for (const [name, hours] of [
        ['late', 3],
        ['early', 1],
        ['middle', 2],
      ] as const) {
        group.spawn(async () => {
          await sleep(`${hours}h`);
          order.push(`${name} ${now() / 3_600_000}`);
        });
      }
    });
  }).finally(() => {
    globalThis.setTimeout = setTimeout;
  });
  assert.deepEqual(order, ['early 1', 'middle 2', 'late 3']);
  assert.deepEqual(realWaits, [], 'no real timer was set');
});

test('80: a wait in cancellable holds the jump back', () =>
  testRun(async () => {
    await taskGroup(async (group) => {
      let foreignEndedAt = Number.NaN;
      group.spawn(() => sleep('1h'));
      await cancellable(new Promise((resolve) => setTimeout(resolve, 20)));
      foreignEndedAt = now();
      assert.equal(foreignEndedAt, 0);
    });
    assert.equal(now(), 3_600_000);
  }));

test('80: a cancelled wait in cancellable holds nothing back any more', () =>
  testRun(async () => {
    let cancelled = 0;
    await cancelScope(async (scope) => {
      const wait = cancellable(new Promise(() => {}), { onCancel: () => cancelled++ });
      scope.cancel();
      await wait;
    });
    await sleep('1h');
    assert.equal(cancelled, 1);
    assert.equal(now(), 3_600_000);
  }));

async function scheduleOf(seed: number | undefined): Promise<string> {
  const order: string[] = [];
  await testRun(
    async () => {
      await taskGroup((group) => {
        for (let index = 0; index < 12; index++) {
          group.spawn(async () => {
            order.push(`start ${index}`);
            await sleep(10);
            order.push(`wake ${index}`);
            await sleep(random() * 100);
            order.push(`end ${index}`);
          });
        }
      });
    },
    seed === undefined ? {} : { seed },
  );
  return order.join();
}

test('81: the same seed gives the same order of starts and wake-ups, another seed another one', async () => {
  assert.equal(await scheduleOf(7), await scheduleOf(7));
  const schedules = new Set<string>();
  for (let seed = 1; seed <= 8; seed++) schedules.add(await scheduleOf(seed));
  assert.equal(schedules.size, 8);
  // The times are drawn too; the starts are not: their order alone is the schedule.
  const starts = new Set([...schedules].map((schedule) => schedule.split(',').slice(0, 12).join()));
  assert.equal(starts.size, 8);
});

test('81: without a seed the order is first in, first out', async () => {
  const order = (await scheduleOf(undefined)).split(',');
  const expected = (what: string): string[] => Array.from({ length: 12 }, (_, index) => `${what} ${index}`);
  assert.deepEqual(order.slice(0, 12), expected('start'));
  assert.deepEqual(order.slice(12, 24), expected('wake'));
});
