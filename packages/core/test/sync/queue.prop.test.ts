import assert from 'node:assert/strict';
import { test } from 'node:test';
import { channel, moveOnAfter, Queue, QueueShutDownError, sleep, taskGroup, timeout } from '@sluice/core';
import { testRun } from '@sluice/core/testing';
import fc from 'fast-check';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

const actor = fc.record({
  startsAt: fc.nat(4),
  pauses: fc.array(fc.nat(3), { minLength: 1, maxLength: 5 }),
  patience: fc.option(fc.nat(4), { nil: undefined }),
  cancelledAt: fc.option(fc.nat(12), { nil: undefined }),
});
const plan = fc.record({
  capacity: fc.constantFrom(0, 1, 2, 5, Number.POSITIVE_INFINITY),
  producers: fc.array(actor, { minLength: 1, maxLength: 4 }),
  consumers: fc.array(actor, { minLength: 1, maxLength: 4 }),
});

/** What the two ends of a queue or channel offer. */
interface Conduit {
  put(item: number): Promise<void>;
  get(): Promise<number>;
  drain(): Promise<number[]>;
}

function queueOf(capacity: number): Conduit {
  const queue = new Queue<number>(Math.max(capacity, 1));
  return {
    put: (item) => queue.put(item),
    get: () => queue.get(),
    async drain() {
      queue.shutdown();
      const rest: number[] = [];
      for await (const item of queue) rest.push(item);
      const { size, waitingToGet, waitingToPut } = queue.statistics();
      assert.deepEqual([size, waitingToGet, waitingToPut], [0, 0, 0]);
      await assert.rejects(() => queue.get(), QueueShutDownError);
      return rest;
    },
  };
}

function channelOf(capacity: number): Conduit {
  const [tx, rx] = channel<number>(capacity);
  return {
    put: (item) => tx.send(item),
    get: () => rx.receive(),
    async drain() {
      tx.close();
      const rest: number[] = [];
      for await (const item of rx) rest.push(item);
      const { buffered, waitingToSend, waitingToReceive } = rx.statistics();
      assert.deepEqual([buffered, waitingToSend, waitingToReceive], [0, 0, 0]);
      return rest;
    },
  };
}

for (const [name, make] of [
  ['Queue', queueOf],
  ['channel', channelOf],
] as const) {
  for (const seeded of [true, false]) {
    test(`${name}: what was put is got once, what was not is never got, ${seeded ? 'in any order of wake-ups' : 'and each producer’s items in order'}`, () =>
      fc.assert(
        fc.asyncProperty(plan, fc.integer(), async ({ capacity, producers, consumers }, seed) => {
          const put: number[] = [];
          const got: number[] = [];
          await testRun(
            () =>
              timeout('1h', async () => {
                const conduit = make(capacity);
                await taskGroup(async (group) => {
                  const actors: { end: number | undefined; cancel(): void }[] = [];
                  const act = (
                    { startsAt, pauses, patience, cancelledAt }: (typeof producers)[number],
                    once: (index: number) => Promise<void>,
                  ): void => {
                    const task = group.spawn(async () => {
                      await sleep(startsAt);
                      for (const [index, pause] of pauses.entries()) {
                        await sleep(pause);
                        if (patience === undefined) await once(index);
                        else await moveOnAfter(patience, () => once(index));
                      }
                    });
                    actors.push({ end: cancelledAt, cancel: () => task.cancel() });
                  };
                  producers.forEach((producer, id) => {
                    act(producer, async (index) => {
                      const item = id * 100 + index;
                      await conduit.put(item);
                      put.push(item);
                    });
                  });
                  for (const consumer of consumers) {
                    act(consumer, async () => {
                      got.push(await conduit.get());
                    });
                  }
                  for (const { end, cancel } of actors) {
                    group.spawn(async () => {
                      // Who would wait for ever for the other side is cancelled in the end.
                      await sleep(end ?? 100);
                      cancel();
                    });
                  }
                });
                got.push(...(await conduit.drain()));
              }),
            seeded ? { seed } : {},
          );
          assert.deepEqual(
            [...got].sort((a, b) => a - b),
            [...put].sort((a, b) => a - b),
          );
          if (seeded) return;
          for (const id of producers.keys()) {
            const own = got.filter((item) => Math.floor(item / 100) === id);
            assert.deepEqual(
              own,
              [...own].sort((a, b) => a - b),
            );
          }
        }),
        { numRuns: 150 },
      ));
  }
}

test('a bounded queue holds no more than its capacity, and its numbers fit a plain list', () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 40 }),
      fc.array(fc.boolean(), { maxLength: 300 }),
      async (capacity, steps) => {
        const queue = new Queue<number>(capacity);
        const model: number[] = [];
        for (const [index, puts] of steps.entries()) {
          if (puts) {
            assert.equal(queue.tryPut(index), model.length < capacity);
            if (model.length < capacity) model.push(index);
          } else assert.equal(queue.tryGet(), model.shift());
          assert.equal(queue.size, model.length);
        }
        while (model.length > 0) assert.equal(await queue.get(), model.shift());
      },
    ),
    { numRuns: 100 },
  ));
