import assert from 'node:assert/strict';
import { channel, EndOfChannelError, LifoQueue, PriorityQueue, Queue, QueueShutDownError } from '@sluice/core';
import { expectNothingLeft } from '../leaks/nothing-left.ts';
import { assertInOrder, atAnyInterleaving } from './interleave.ts';

expectNothingLeft();

/** What all of them do: at most `capacity` items inside; put and get wait. */
interface Store {
  put(item: number): Promise<unknown>;
  get(): Promise<number>;
  /** Takes out what is left, also from those who wait with an item, and sends home who waits in vain. */
  end(): number[];
  counts(): { readonly inside: number; readonly putters: number; readonly getters: number };
}

function queueStore(queue: Queue<number>): Store {
  return {
    put: (item) => queue.put(item),
    get: () => queue.get(),
    end() {
      const left = drained(() => queue.tryGet());
      queue.shutdown();
      return left;
    },
    counts() {
      const { size, waitingToPut, waitingToGet } = queue.statistics();
      return { inside: size, putters: waitingToPut, getters: waitingToGet };
    },
  };
}

function channelStore(capacity: number): Store {
  const [tx, rx] = channel<number>(capacity);
  return {
    put: (item) => tx.send(item),
    get: () => rx.receive(),
    end() {
      const left = drained(() => rx.tryReceive());
      tx.close();
      return left;
    },
    counts() {
      const { buffered, waitingToSend, waitingToReceive } = rx.statistics();
      return { inside: buffered, putters: waitingToSend, getters: waitingToReceive };
    },
  };
}

function drained(take: () => number | undefined): number[] {
  const items: number[] = [];
  for (let item = take(); item !== undefined; item = take()) items.push(item);
  return items;
}

const stores: Record<string, { readonly make: () => Store; readonly capacity: number; readonly isFifo: boolean }> = {
  'a queue': { make: () => queueStore(new Queue(1)), capacity: 1, isFifo: true },
  'a priority queue': { make: () => queueStore(new PriorityQueue((a, b) => a - b, 1)), capacity: 1, isFifo: false },
  'a LIFO queue': { make: () => queueStore(new LifoQueue(1)), capacity: 1, isFifo: false },
  'a channel': { make: () => channelStore(1), capacity: 1, isFifo: true },
  'a rendezvous': { make: () => channelStore(0), capacity: 0, isFifo: true },
};

for (const [name, { make, capacity, isFifo }] of Object.entries(stores)) {
  atAnyInterleaving(`${name} delivers each item once, in order, and nobody waits in vain`, (world) => {
    const store = make();
    const [offered, put, got]: [number[], number[], number[]] = [[], [], []];
    const sentHome = (error: unknown): void => {
      const isEnd = error instanceof QueueShutDownError || error instanceof EndOfChannelError;
      if (!isEnd) throw error;
    };
    for (let item = 0; item < 4; item++) {
      world.actor(async (id) => {
        await world.step(`actor ${id} offers ${item}`);
        offered.push(item);
        await store.put(item).then(() => void put.push(item), sentHome);
      });
      world.actor(async (id) => {
        await world.step(`actor ${id} asks`);
        await store.get().then((each) => void got.push(each), sentHome);
      });
    }
    const left: number[] = [];
    world.atRest(() => {
      const { inside, putters, getters } = store.counts();
      assert.ok(getters === 0 || (inside === 0 && putters === 0), 'a getter waits beside an item');
      assert.ok(putters === 0 || inside === capacity, 'a putter waits beside room');
      left.push(...store.end());
    });
    return () => {
      left.push(...store.end());
      if (isFifo) assertInOrder(got, offered);
      assert.equal(new Set(got).size, got.length, 'nothing twice');
      assert.deepEqual(
        put.filter((item) => !got.includes(item) && !left.includes(item)),
        [],
        'nothing is lost',
      );
      assert.deepEqual(
        got.filter((item) => left.includes(item)),
        [],
      );
      assert.equal(store.counts().putters + store.counts().getters, 0);
    };
  });
}
