import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CancelledError,
  cancelScope,
  exponentialJitter,
  moveOnAfter,
  now,
  type RetryOptions,
  type RetryState,
  type RetryStatistics,
  retry,
  retryIfError,
  retryIfInstanceOf,
  retryIfTransient,
  retryIfValue,
  sleepForever,
  stopAfterAttempt,
  stopAfterDelay,
  stopBeforeDelay,
  stopNever,
  TimeoutError,
  TryAgain,
  timeout,
  UsageError,
  type Wait,
  waitChain,
  waitExponential,
  waitFixed,
  waitFromError,
  waitIncrementing,
  waitNone,
  waitRandom,
} from '@sluice/core';
import { testRun } from '@sluice/core/testing';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

const boom = new Error('boom');

/** The times at which the attempts began. */
async function attemptsAt(options: RetryOptions, fail: (attempt: number) => unknown = () => boom): Promise<number[]> {
  const times: number[] = [];
  await retry(({ attempt }) => {
    times.push(now());
    assert.equal(attempt, times.length);
    const error = fail(attempt);
    if (error !== undefined) throw error;
  }, options).catch(() => {});
  return times;
}

/** What a policy says to wait after each of the first attempts. */
function waitsOf(wait: Wait, count = 5, error: unknown = boom): number[] {
  return Array.from({ length: count }, (_, index) =>
    wait.waitMs({ attempt: index + 1, elapsedMs: 0, waitMs: 0, error, value: undefined }),
  );
}

test('it gives the first success, and the last error as it is when attempts are used up', () =>
  testRun(async () => {
    assert.equal(await retry(({ attempt }) => (attempt < 3 ? Promise.reject(boom) : `at ${attempt}`)), 'at 3');
    const errors: Error[] = [];
    await assert.rejects(
      () =>
        retry(
          ({ attempt }) => {
            errors.push(new Error(`${attempt}`));
            throw errors.at(-1);
          },
          { attempts: 4 },
        ),
      (error) => error === errors[3],
    );
    assert.equal(errors.length, 4);
  }));

test('by default it tries five times, with full jitter between 0 and 0.5 s, 1 s, 2 s, 4 s', () =>
  testRun(
    async () => {
      const times = await attemptsAt({});
      assert.equal(times.length, 5);
      const waits = times.slice(1).map((time, index) => time - times[index]!);
      for (const [index, wait] of waits.entries())
        assert.ok(wait >= 0 && wait <= 500 * 2 ** index, `wait ${index}: ${wait}`);
    },
    { seed: 3 },
  ));

test('usage and type errors are never retried by default, but the TypeError of a failed fetch is', () =>
  testRun(async () => {
    const wait = waitNone;
    assert.equal((await attemptsAt({ wait }, () => new UsageError('mistake'))).length, 1);
    assert.equal((await attemptsAt({ wait }, () => new TypeError('mistake'))).length, 1);
    assert.equal((await attemptsAt({ wait }, () => new TypeError('fetch failed', { cause: boom }))).length, 5);
    assert.equal((await attemptsAt({ wait }, () => 'text')).length, 5);
    assert.equal((await attemptsAt({ wait }, () => new TimeoutError(5))).length, 5);
  }));

test('a cancellation is never retried, whatever retryIf says, in an attempt or in a wait', () =>
  testRun(async () => {
    let attempts = 0;
    let seen: unknown;
    let retries = 0;
    await cancelScope(async (scope) => {
      try {
        await retry(
          async () => {
            attempts++;
            scope.cancel();
            await sleepForever();
          },
          { retryIf: () => true, wait: waitNone, beforeSleep: () => void retries++ },
        );
      } catch (error) {
        seen = error;
        throw error;
      }
    });
    assert.deepEqual([attempts, retries], [1, 0]);
    assert.ok(seen instanceof CancelledError);
    const moved = await moveOnAfter(10, () => attemptsAt({ wait: waitFixed('1h') }));
    assert.equal(moved.timedOut, false, 'attemptsAt swallows the cancel');
    assert.equal(now(), 10);
  }));

test('a timeout inside an attempt is retried: it is the attempt that was cut off, not the caller', () =>
  testRun(async () => {
    let attempts = 0;
    await assert.rejects(
      () =>
        retry(
          () =>
            timeout(10, () => {
              attempts++;
              return sleepForever();
            }),
          { attempts: 3, wait: waitFixed(5) },
        ),
      TimeoutError,
    );
    assert.equal(attempts, 3);
    assert.equal(now(), 40);
  }));

test('conditions on errors and values combine', () =>
  testRun(async () => {
    const wait = waitNone;
    const onRange = retryIfInstanceOf(RangeError, SyntaxError);
    assert.equal((await attemptsAt({ wait, retryIf: onRange }, () => new RangeError())).length, 5);
    assert.equal((await attemptsAt({ wait, retryIf: onRange }, () => boom)).length, 1);
    assert.equal((await attemptsAt({ wait, retryIf: onRange.not() }, () => boom)).length, 5);
    assert.equal(
      (await attemptsAt({ wait, retryIf: onRange.or(retryIfError((e) => e === boom)) }, () => boom)).length,
      5,
    );
    assert.equal((await attemptsAt({ wait, retryIf: retryIfTransient.and(onRange) }, () => boom)).length, 1);
    assert.equal((await attemptsAt({ wait, retryIf: (error) => error !== boom }, () => boom)).length, 1);
    let calls = 0;
    const value = await retry(() => ++calls, { wait, retryIf: retryIfValue((given) => (given as number) < 3) });
    assert.equal(value, 3);
    calls = 0;
    assert.equal(await retry(() => ++calls, { wait, attempts: 2, retryIf: retryIfValue(() => true) }), 2);
  }));

test('TryAgain asks for another attempt whatever retryIf says, and counts as one', () =>
  testRun(async () => {
    const wait = waitNone;
    const retryIf = (): boolean => false;
    assert.equal((await attemptsAt({ wait, retryIf }, (n) => (n < 3 ? new TryAgain() : undefined))).length, 3);
    await assert.rejects(
      () =>
        retry(
          () => {
            throw new TryAgain('not yet', { cause: boom });
          },
          { attempts: 2, wait },
        ),
      { code: 'SLUICE_TRY_AGAIN', message: 'not yet', cause: boom },
    );
  }));

test('stop conditions: attempts, delays, before a delay, never, and their combinations', () =>
  testRun(async () => {
    const wait = waitFixed('1s');
    assert.equal((await attemptsAt({ wait, stop: stopAfterAttempt(3) })).length, 3);
    assert.equal((await attemptsAt({ wait, stop: stopAfterDelay('3s') })).length, 4);
    assert.equal((await attemptsAt({ wait, stop: stopBeforeDelay('2500ms') })).length, 3);
    assert.equal((await attemptsAt({ wait, stop: stopBeforeDelay('2s') })).length, 3);
    assert.equal((await attemptsAt({ wait, stop: stopAfterAttempt(9).or(stopBeforeDelay('1s')) })).length, 2);
    assert.equal((await attemptsAt({ wait, stop: stopAfterAttempt(2).and(stopAfterDelay('4s')) })).length, 5);
    assert.equal((await attemptsAt({ wait, stop: stopNever }, (n) => (n < 100 ? boom : undefined))).length, 100);
  }));

test('waits: fixed, none, incrementing, exponential, chain, sums', () => {
  assert.deepEqual(waitsOf(waitFixed('2s'), 2), [2000, 2000]);
  assert.deepEqual(waitsOf(waitNone, 2), [0, 0]);
  assert.deepEqual(waitsOf(waitIncrementing({ start: 100, increment: 50, max: 220 })), [100, 150, 200, 220, 220]);
  assert.deepEqual(waitsOf(waitIncrementing({ start: 0, increment: 1 }), 3), [0, 1, 2]);
  assert.deepEqual(waitsOf(waitExponential({ initial: '1s', max: '9s', factor: 3 })), [1000, 3000, 9000, 9000, 9000]);
  assert.deepEqual(waitsOf(waitExponential(), 8), [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000]);
  assert.deepEqual(waitsOf(waitChain(waitFixed(1), waitFixed(2), waitFixed(3))), [1, 2, 3, 3, 3]);
  assert.deepEqual(waitsOf(waitFixed(5).plus(waitIncrementing({ start: 1, increment: 1 })), 3), [6, 7, 8]);
  assert.deepEqual(waitsOf(waitExponential(), 2000).at(-1), 60_000, 'no overflow after very many attempts');
});

test('random waits are spread over their whole range, and nothing beyond', () =>
  testRun(() => {
    for (const [wait, min, max] of [
      [waitRandom({ min: 100, max: 200 }), 100, 200],
      [waitRandom({ max: '1s' }), 0, 1000],
      [exponentialJitter({ initial: 800 }), 0, 800],
    ] as const) {
      const drawn = Array.from({ length: 1000 }, () => waitsOf(wait, 1)[0]!);
      const middle = drawn.reduce((sum, ms) => sum + ms, 0) / drawn.length;
      assert.ok(drawn.every((ms) => ms >= min && ms <= max));
      assert.ok(Math.abs(middle - (min + max) / 2) < (max - min) / 10, `middle ${middle}`);
      assert.ok(Math.min(...drawn) < min + (max - min) / 10 && Math.max(...drawn) > max - (max - min) / 10);
    }
  }));

test('a wait that the error asks for is obeyed, within its bound; what makes no sense is not', () => {
  const wait = waitFromError((error) => (error as { retryAfterMs?: number }).retryAfterMs, waitFixed(7), {
    max: '1min',
  });
  const asked = (retryAfterMs?: number): number => waitsOf(wait, 1, { retryAfterMs })[0]!;
  assert.deepEqual(
    [asked(0), asked(500), asked(1e9), asked(), asked(-1), asked(Number.NaN)],
    [0, 500, 60_000, 7, 7, 7],
  );
});

test('the callbacks hear of every attempt, and the statistics of the end, once', () =>
  testRun(async () => {
    const heard: string[] = [];
    const statistics: RetryStatistics[] = [];
    const note =
      (what: string) =>
      (state: { attempt: number } & Partial<RetryState>): void => {
        heard.push(`${what} ${state.attempt} ${state.waitMs ?? '-'}`);
      };
    const options: RetryOptions = {
      attempts: 2,
      wait: waitFixed(10),
      before: note('before'),
      after: note('after'),
      beforeSleep: note('sleep'),
      onStatistics: (given) => statistics.push(given),
    };
    await retry(() => Promise.reject(boom), options).catch(() => {});
    assert.deepEqual(heard, ['before 1 -', 'after 1 0', 'sleep 1 10', 'before 2 -', 'after 2 0']);
    assert.deepEqual(statistics, [{ attempts: 2, waitedMs: 10, elapsedMs: 10 }]);
    await retry(() => 1, options);
    assert.deepEqual(statistics[1], { attempts: 1, waitedMs: 0, elapsedMs: 0 });
  }));

test('attempts that cannot be are usage errors', async () => {
  for (const attempts of [0, -1, 1.5, Number.NaN, '3'] as never[])
    await assert.rejects(() => retry(() => 1, { attempts }), UsageError);
  assert.equal(await retry(() => 1, { attempts: Number.POSITIVE_INFINITY }), 1);
});
