import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  currentScope,
  type Limiter,
  map,
  mapSettled,
  now,
  Semaphore,
  sleep,
  sleepForever,
  suppressedErrors,
  TaskCancelledError,
  TimeoutError,
  timeout,
  UsageError,
} from '@sluice/core';
import { testRun } from '@sluice/core/testing';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

/** Items 0 to count - 1, with notes of how the source was used. */
class Counted {
  readonly count: number;
  given = 0;
  closed = 0;
  constructor(count: number) {
    this.count = count;
  }
  *[Symbol.iterator](): Generator<number> {
    try {
      while (this.given < this.count) yield this.given++;
    } finally {
      this.closed++;
    }
  }
}

async function* slowly(count: number): AsyncGenerator<number> {
  for (let item = 0; item < count; item++) {
    await sleep(1);
    yield item;
  }
}

for (const [how, concurrency] of [
  ['a number', () => 3],
  ['a limiter', () => new Semaphore(3)],
] as const) {
  test(`map with ${how}: never more at once than allowed, and results in the order of the input`, () =>
    testRun(async () => {
      let running = 0;
      let most = 0;
      const results = await map(
        new Counted(20),
        async (item, index) => {
          most = Math.max(most, ++running);
          await sleep(20 - item);
          running--;
          return `${item}:${index}`;
        },
        { concurrency: concurrency() },
      );
      assert.equal(most, 3);
      assert.deepEqual(
        results,
        Array.from({ length: 20 }, (_, index) => `${index}:${index}`),
      );
    }));

  test(`map with ${how}: items are read only as they are needed`, () =>
    testRun(async () => {
      const source = new Counted(1000);
      await assert.rejects(
        () => timeout(10, () => map(source, sleepForever, { concurrency: concurrency() })),
        TimeoutError,
      );
      assert.ok(source.given <= 4, `${source.given} items were read`);
      assert.equal(source.closed, 1);
    }));

  test(`map with ${how}: the first failure is thrown as it is, cancels the others and closes the source`, () =>
    testRun(async () => {
      const source = new Counted(1000);
      const boom = new Error('boom');
      const late = new Error('late');
      await assert.rejects(
        () =>
          map(
            source,
            async (item) => {
              if (item === 4) throw boom;
              try {
                await sleep(item < 3 ? 1 : 1000);
              } catch (error) {
                if (item === 5) throw late;
                throw error;
              }
            },
            { concurrency: concurrency() },
          ),
        boom,
      );
      assert.equal(source.closed, 1);
      assert.ok(source.given < 8);
      assert.ok(suppressedErrors(boom).every((error) => error === late));
    }));

  test(`map with ${how} reads an async source that waits itself`, () =>
    testRun(async () => {
      const results = await map(slowly(10), (item) => item * 2, { concurrency: concurrency() });
      assert.deepEqual(results, [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
      assert.equal(now(), 10);
    }));

  test(`map with ${how}: a source that throws is a failure, and what is under way is cancelled`, () =>
    testRun(async () => {
      const broken = new Error('broken source');
      const sources = [
        (function* () {
          yield 1;
          throw broken;
        })(),
        (async function* () {
          yield 1;
          throw broken;
        })(),
      ];
      for (const source of sources) {
        await assert.rejects(() => map<number, never>(source, sleepForever, { concurrency: concurrency() }), broken);
      }
    }));
}

test('a limiter gets every permit back, however map ends', () =>
  testRun(async () => {
    const semaphore = new Semaphore(2);
    await map([1, 2, 3], () => sleep(1), { concurrency: semaphore });
    await assert.rejects(() =>
      map(
        [1, 2, 3],
        (item) => {
          throw new Error(`${item}`);
        },
        { concurrency: semaphore },
      ),
    );
    await assert.rejects(
      () => timeout(5, () => map([1, 2, 3], sleepForever, { concurrency: semaphore })),
      TimeoutError,
    );
    const broken: Iterable<number> = {
      [Symbol.iterator]: () => ({
        next() {
          throw new Error('broken source');
        },
      }),
    };
    await assert.rejects(() => map(broken, () => {}, { concurrency: semaphore }), /broken source/);
    assert.deepEqual(semaphore.statistics(), { limit: 2, held: 0, waiting: 0 });
  }));

test('a failure to close the source is reported, and stays beside an earlier one', () =>
  testRun(async () => {
    const closing = new Error('closing');
    const boom = new Error('boom');
    const source: Iterable<number> = {
      [Symbol.iterator]: () => ({
        next: () => ({ done: false, value: 1 }),
        return() {
          throw closing;
        },
      }),
    };
    await assert.rejects(
      () =>
        map(source, () => {
          throw boom;
        }),
      boom,
    );
    assert.deepEqual(suppressedErrors(boom), [closing]);
  }));

test('mapSettled throws no result away', () =>
  testRun(async () => {
    const results = await mapSettled(
      slowly(5),
      async (item) => {
        await sleep(5 - item);
        if (item % 2 === 1) throw new RangeError(`odd ${item}`);
        return item;
      },
      { concurrency: 2 },
    );
    assert.deepEqual(
      results.map((result) => (result.status === 'fulfilled' ? result.value : (result.reason as Error).message)),
      [0, 'odd 1', 2, 'odd 3', 4],
    );
  }));

test('a function that cancels its own scope is a failure of map: results never go missing in silence', () =>
  testRun(async () => {
    const giveUp = async (item: number): Promise<number> => {
      if (item === 1) currentScope().cancel('given up');
      await sleep(1);
      return item;
    };
    for (const concurrency of [1, 2, new Semaphore(1)] as (number | Limiter)[]) {
      await assert.rejects(() => map([1, 2, 3], giveUp, { concurrency }), TaskCancelledError);
    }
    await assert.rejects(() => mapSettled([1, 2, 3], giveUp, { concurrency: 1 }), TaskCancelledError);
  }));

test('bad concurrency and bad sources are usage errors at the call', async () => {
  for (const concurrency of [0, -1, 1.5, Number.NaN, 'ten', {}] as never[]) {
    await assert.rejects(() => map([1], () => {}, { concurrency }), UsageError);
  }
  for (const source of [undefined, null, 5, {}] as never[])
    await assert.rejects(() => map(source, () => {}), UsageError);
  assert.deepEqual(await map('abc', (letter) => letter, { concurrency: Number.POSITIVE_INFINITY }), ['a', 'b', 'c']);
  assert.deepEqual(await map([], () => 1), []);
});
