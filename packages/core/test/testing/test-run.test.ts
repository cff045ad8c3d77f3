import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CancelledError, moveOnAfter, now, random, sleep, sleepForever, taskGroup, UsageError } from '@sluice/core';
import { ManualClock, testRun } from '@sluice/core/testing';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a manual clock moves only when the test moves it, and fires each timer at its own time', async () => {
  const clock = new ManualClock();
  const seen: string[] = [];
  const work = testRun(
    () =>
      taskGroup((group) => {
        for (const ms of [30, 10, 20]) {
          group.spawn(async () => {
            await sleep(ms);
            seen.push(`slept ${ms}`);
          });
        }
      }),
    { clock },
  );
  await turn();
  assert.equal(clock.nextAlarmAt, 10);
  clock.advance(9);
  await turn();
  assert.equal(seen.length, 0);
  clock.advance(11);
  await turn();
  assert.deepEqual(seen, ['slept 10', 'slept 20']);
  clock.advance(100);
  await work;
  assert.equal(clock.now(), 120);
  assert.equal(clock.nextAlarmAt, undefined);
  assert.throws(() => clock.advance(-1), UsageError);
  assert.throws(() => clock.advance(Number.NaN), UsageError);
});

test('testRun gives the value, throws the error as it is, and follows a signal', async () => {
  assert.equal(await testRun(() => 5), 5);
  const boom = new Error('boom');
  await assert.rejects(
    () =>
      testRun(() => {
        throw boom;
      }),
    boom,
  );
  await assert.rejects(() => testRun(sleepForever, { signal: AbortSignal.abort('why') }), CancelledError);
});

test('random repeats with the seed, is uniform enough, and time begins at 0', async () => {
  const draw = (seed?: number): Promise<number[]> =>
    testRun(
      () => {
        assert.equal(now(), 0);
        return Array.from({ length: 2000 }, random);
      },
      seed === undefined ? {} : { seed },
    );
  assert.deepEqual(await draw(5), await draw(5));
  assert.notDeepEqual(await draw(5), await draw(6));
  const numbers = await draw();
  assert.ok(numbers.every((number) => number >= 0 && number < 1));
  for (let tenth = 0; tenth < 10; tenth++) {
    const count = numbers.filter((number) => Math.floor(number * 10) === tenth).length;
    assert.ok(count > 120 && count < 280, `${count} of 2000 in tenth ${tenth}`);
  }
});

test('time does not jump while something of ours still goes on', () =>
  testRun(async () => {
    await taskGroup(async (group) => {
      const timer = group.spawn(() => sleep(1000));
      // A hundred hand-overs through the queue of what is ready, none of which takes time.
      for (let round = 0; round < 100; round++) await group.spawn(() => {});
      assert.equal(now(), 0);
      timer.cancel();
    });
    assert.equal((await moveOnAfter(5, sleepForever)).timedOut, true);
    assert.equal(now(), 5);
  }));
