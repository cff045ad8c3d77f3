import assert from 'node:assert/strict';
import { test } from 'node:test';
import { moveOnAfter, now, parseDuration, sleep, sleepUntil, taskGroup } from '@sluice/core';
import { RealClock } from '../../src/time/clock.ts';
import { expectNothingLeft } from '../leaks/nothing-left.ts';
import { runProgram } from '../programs/run-program.ts';

expectNothingLeft();

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('real sleeps end in the order of their times, and never early', async () => {
  const ended: number[] = [];
  await taskGroup((group) => {
    for (const ms of [120, 20, 240, 60]) {
      group.spawn(async () => {
        // The times themselves are compared: on a busy machine a task may begin late.
        const dueAt = now() + ms;
        await sleepUntil(dueAt);
        assert.ok(now() >= dueAt, `woke ${dueAt - now()} ms early`);
        ended.push(dueAt);
      });
    }
  });
  assert.equal(ended.length, 4);
  assert.deepEqual(
    ended,
    ended.toSorted((a, b) => a - b),
  );
});

test('a sleep that is shorter than the one that is armed moves the timer', async () => {
  await taskGroup(async (group) => {
    const long = group.spawn(() => sleep('1h'));
    await sleep(5);
    assert.equal(long.state, 'running');
    long.cancel();
  });
});

test('a time in the past is a checkpoint', async () => {
  await sleepUntil(now() - 1);
  await sleepUntil(Number.NEGATIVE_INFINITY);
  await sleep(0);
});

test('an alarm is rung once, at its time or later; a later call moves it, undefined turns it off', async () => {
  const clock = new RealClock();
  const rings: string[] = [];
  clock.setAlarm(clock.now() + 10_000, () => rings.push('far'));
  clock.setAlarm(clock.now() + 5, () => rings.push('near'));
  await pause(40);
  assert.deepEqual(rings, ['near']);
  clock.setAlarm(clock.now() + 5, () => rings.push('second'));
  await pause(40);
  assert.deepEqual(rings, ['near', 'second']);
  clock.setAlarm(undefined, () => rings.push('off'));
  await pause(20);
  assert.deepEqual(rings, ['near', 'second']);
});

test('an alarm further away than a timer can be does not ring at once', async () => {
  const clock = new RealClock();
  let rung = false;
  clock.setAlarm(clock.now() + 60 * 86_400_000, () => {
    rung = true;
  });
  await pause(20);
  assert.equal(rung, false);
  clock.setAlarm(undefined, () => {});
  assert.equal((await moveOnAfter(5, () => sleep('60d'))).timedOut, true);
});

test('a sleep keeps the process alive, also one that takes over the timer of a deadline that was met', async () => {
  const ending = await runProgram('sleeps-again');
  assert.deepEqual([ending.stdout, ending.code], ['awake\n', 0]);
});

test('durations: units, fractions and refusals', () => {
  assert.deepEqual(
    (['250ms', '1.5s', '5min', '5m', '2h', '1d', 0, 7, Number.POSITIVE_INFINITY] as const).map((text) =>
      parseDuration(text),
    ),
    [250, 1500, 300_000, 300_000, 7_200_000, 86_400_000, 0, 7, Number.POSITIVE_INFINITY],
  );
});
