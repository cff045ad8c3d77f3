import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CancelledError,
  cancelScope,
  currentScope,
  isCancelled,
  mapStream,
  moveOnAfter,
  now,
  sleep,
  sleepForever,
  TaskCancelledError,
  taskGroup,
  UsageError,
} from '@sluice/core';
import { testRun } from '@sluice/core/testing';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

async function* endless(notes: { given: number; closed: number }): AsyncGenerator<number> {
  try {
    for (;;) yield notes.given++;
  } finally {
    await sleep(1);
    notes.closed++;
  }
}

test('results come in the order of the input by default, and as they come when unordered', () =>
  testRun(async () => {
    const read = async (ordered: boolean): Promise<number[]> => {
      const results: number[] = [];
      const work = async (item: number): Promise<number> => {
        await sleep(item);
        return item;
      };
      for await (const result of mapStream([30, 10, 20], work, { ordered })) results.push(result);
      return results;
    };
    assert.deepEqual(await read(true), [30, 10, 20]);
    assert.deepEqual(await read(false), [10, 20, 30]);
  }));

for (const ordered of [true, false]) {
  test(`a slow reader holds the work back (ordered: ${ordered})`, () =>
    testRun(async () => {
      let begun = 0;
      let running = 0;
      let most = 0;
      let read = 0;
      const items = Array.from({ length: 40 }, (_, index) => index);
      const work = async (item: number): Promise<number> => {
        begun++;
        most = Math.max(most, ++running);
        await sleep(1);
        running--;
        return item;
      };
      const got: number[] = [];
      for await (const result of mapStream(items, work, { concurrency: 3, ordered })) {
        got.push(result);
        read++;
        await sleep(50);
        assert.ok(begun - read <= 6, `${begun} begun, ${read} read`);
      }
      assert.equal(most, 3);
      assert.deepEqual(
        got.sort((a, b) => a - b),
        items,
      );
    }));

  test(`leaving the loop cancels what is under way, waits for it and closes the source (ordered: ${ordered})`, () =>
    testRun(async () => {
      const notes = { given: 0, closed: 0 };
      let cancelled = 0;
      const work = async (item: number): Promise<number> => {
        try {
          await sleep(item === 0 ? 1 : 1000);
        } catch (error) {
          if (isCancelled(error)) cancelled++;
          throw error;
        }
        return item;
      };
      for await (const result of mapStream(endless(notes), work, { concurrency: 4, ordered })) {
        assert.equal(result, 0);
        break;
      }
      assert.equal(notes.closed, 1);
      assert.equal(cancelled, 3);
      assert.equal(now(), 2);
    }));
}

test('a failure is thrown to the reader after the results before it', () =>
  testRun(async () => {
    const boom = new Error('boom');
    const notes = { given: 0, closed: 0 };
    const got: number[] = [];
    await assert.rejects(async () => {
      const work = async (item: number): Promise<number> => {
        await sleep(1);
        if (item === 5) throw boom;
        return item;
      };
      for await (const result of mapStream(endless(notes), work, { concurrency: 2 })) got.push(result);
    }, boom);
    assert.deepEqual(got, [0, 1, 2, 3, 4]);
    assert.equal(notes.closed, 1);
  }));

test('after its end the stream stays ended, and a failure is thrown once', () =>
  testRun(async () => {
    const stream = mapStream([1], () => {
      throw new Error('boom');
    });
    await assert.rejects(() => stream.next(), /boom/);
    assert.deepEqual(await stream.next(), { done: true, value: undefined });
    const short = mapStream([1], (item) => item);
    assert.deepEqual(await short.next(), { done: false, value: 1 });
    assert.deepEqual(await short.next(), { done: true, value: undefined });
    assert.deepEqual(await short.next(), { done: true, value: undefined });
  }));

test('several readers share the results, none is lost or doubled', () =>
  testRun(async () => {
    const items = Array.from({ length: 50 }, (_, index) => index);
    const stream = mapStream(
      items,
      async (item) => {
        await sleep(item % 7);
        return item;
      },
      { concurrency: 5 },
    );
    const got: number[] = [];
    await taskGroup((group) => {
      for (let reader = 0; reader < 3; reader++) {
        group.spawn(async () => {
          for (;;) {
            const result = await stream.next();
            if (result.done === true) return;
            got.push(result.value);
          }
        });
      }
    });
    assert.deepEqual(
      got.sort((a, b) => a - b),
      items,
    );
  }));

test('a reader that is cancelled takes nothing along', () =>
  testRun(async () => {
    const stream = mapStream([1, 2, 3], async (item) => {
      await sleep(10);
      return item;
    });
    const got: unknown[] = [(await stream.next()).value];
    await moveOnAfter(0, () => stream.next());
    got.push((await stream.next()).value, (await stream.next()).value);
    assert.deepEqual(got, [1, 2, 3]);
  }));

test('a stream that is abandoned ends with the scope that reads it, and closes its source', () =>
  testRun(async () => {
    const notes = { given: 0, closed: 0 };
    await taskGroup(async () => {
      const stream = mapStream(endless(notes), async (item) => {
        await sleep(1);
        return item;
      });
      await stream.next();
    });
    assert.equal(notes.closed, 1);
  }));

test('a stream whose scope has ended does not pass for one that was read to its end', () =>
  testRun(async () => {
    const stream = mapStream([1, 2, 3], async (item) => {
      await sleep(1);
      return item;
    });
    const first = await cancelScope(() => stream.next());
    assert.deepEqual(first, { done: false, value: 1 });
    await assert.rejects(async () => {
      for await (const _ of stream) {
        // what is ready may still come
      }
    }, UsageError);
  }));

test('a stream that is cancelled from outside throws the cancellation to its reader', () =>
  testRun(async () => {
    const notes = { given: 0, closed: 0 };
    let seen: unknown;
    await cancelScope(async (scope) => {
      scope.deadline = 10;
      try {
        for await (const _ of mapStream(endless(notes), sleepForever)) assert.fail('nothing comes');
      } catch (error) {
        seen = error;
        throw error;
      }
    });
    assert.ok(seen instanceof CancelledError);
    assert.equal(notes.closed, 1);
  }));

test('a stream that was never begun only closes its source', () =>
  testRun(async () => {
    let closed = 0;
    const source: Iterable<number> = {
      [Symbol.iterator]: () => ({
        next: () => ({ done: false, value: 1 }),
        return() {
          closed++;
          return { done: true, value: undefined };
        },
      }),
    };
    {
      await using stream = mapStream(source, () => assert.fail('nothing is begun'));
      void stream;
    }
    assert.equal(closed, 1);
    const left = mapStream(source, () => assert.fail('nothing is begun'));
    await left.return?.();
    assert.deepEqual(await left.next(), { done: true, value: undefined });
  }));

test('a function that cancels its own scope is a failure of the stream', () =>
  testRun(async () => {
    await assert.rejects(async () => {
      const stream = mapStream([1, 2], async () => {
        currentScope().cancel();
        await sleep(1);
      });
      for await (const _ of stream) assert.fail('nothing comes');
    }, TaskCancelledError);
  }));

test('a bad concurrency or source is a usage error at the call', () => {
  assert.throws(() => mapStream([1], (item) => item, { concurrency: 0 }), UsageError);
  assert.throws(() => mapStream(5 as never, (item) => item), UsageError);
});
