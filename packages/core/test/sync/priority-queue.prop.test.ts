import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  LifoQueue,
  moveOnAfter,
  PriorityQueue,
  QueueShutDownError,
  sleep,
  taskGroup,
  timeout,
  UsageError,
} from '@sluice/core';
import { testRun } from '@sluice/core/testing';
import fc from 'fast-check';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

interface Job {
  readonly rank: number;
  readonly id: number;
}
const byRank = (a: Job, b: Job): number => a.rank - b.rank;

test('a priority queue gives the smallest first and equals in the order of their coming, as a stable sort would', () =>
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(5), fc.constant('get' as const)), { maxLength: 60 }), (steps) => {
      const queue = new PriorityQueue(byRank);
      let model: Job[] = [];
      steps.forEach((step, id) => {
        if (step === 'get') {
          model = model.toSorted(byRank);
          assert.deepEqual(queue.tryGet(), model.shift());
        } else {
          queue.tryPut({ rank: step, id });
          model.push({ rank: step, id });
        }
        assert.equal(queue.size, model.length);
      });
      assert.deepEqual(
        model.toSorted(byRank).map((job) => job.id),
        model.map(() => queue.tryGet()!.id),
      );
    }),
  ));

test('a comparison that throws refuses the item and leaves the queue as it was', async () => {
  const queue = new PriorityQueue<Job | null>((a, b) => a!.rank - b!.rank);
  for (const rank of [3, 1, 2]) queue.tryPut({ rank, id: rank });
  assert.throws(() => queue.tryPut(null), TypeError);
  assert.equal(queue.statistics().unfinished, 3);
  assert.deepEqual([queue.tryGet()!.id, queue.tryGet()!.id, queue.tryGet()!.id, queue.tryGet()], [1, 2, 3, undefined]);
  assert.throws(() => new PriorityQueue(undefined as never), UsageError);
});

test('a LIFO queue gives the newest first, holds putters back, joins and shuts down like any queue', () =>
  testRun(() =>
    taskGroup(async (group) => {
      const queue = new LifoQueue<number>(2);
      await queue.put(1);
      await queue.put(2);
      assert.equal(queue.tryPut(3), false);
      group.spawn(() => queue.put(3));
      await sleep(1);
      assert.deepEqual([await queue.get(), await queue.get(), await queue.get()], [2, 3, 1]);
      assert.equal(queue.statistics().unfinished, 3);
      for (let item = 0; item < 3; item++) queue.taskDone();
      await queue.join();
      queue.tryPut(4);
      queue.shutdown({ immediate: true });
      await assert.rejects(() => queue.get(), QueueShutDownError);
    }),
  ));

const party = fc.record({ at: fc.nat(8), patience: fc.option(fc.nat(5), { nil: undefined }), cancel: fc.boolean() });

test('every item that was put is got once, at any interleaving of put, get, cancel and timeout', () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.array(fc.record({ rank: fc.nat(4), by: party }), { maxLength: 12 }),
      fc.array(party, { maxLength: 12 }),
      fc.integer(),
      async (capacity, puts, gets, seed) => {
        const queue = new PriorityQueue(byRank, capacity);
        const put: number[] = [];
        const got: number[] = [];
        await testRun(
          () =>
            timeout('1h', () =>
              taskGroup((group) => {
                const act = ({ at, patience, cancel }: (typeof gets)[number], action: () => Promise<void>): void => {
                  const task = group.spawn(async () => {
                    await sleep(at);
                    await (patience === undefined ? action() : moveOnAfter(patience, action));
                  });
                  group.spawn(async () => {
                    await sleep(cancel ? at : 100);
                    task.cancel();
                  });
                };
                puts.forEach(({ rank, by }, id) => {
                  act(by, async () => {
                    await queue.put({ rank, id });
                    put.push(id);
                  });
                });
                for (const by of gets) {
                  act(by, async () => {
                    got.push((await queue.get()).id);
                  });
                }
              }),
            ),
          { seed },
        );
        for (let job = queue.tryGet(); job !== undefined; job = queue.tryGet()) got.push(job.id);
        assert.deepEqual(got.toSorted(), put.toSorted());
        const { waitingToGet, waitingToPut, unfinished } = queue.statistics();
        assert.deepEqual([waitingToGet, waitingToPut, unfinished], [0, 0, put.length]);
      },
    ),
    { numRuns: 200 },
  ));
