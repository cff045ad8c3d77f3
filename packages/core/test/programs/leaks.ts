import assert from 'node:assert/strict';
import {
  cancellable,
  cancelScope,
  Event,
  gather,
  map,
  mapStream,
  moveOnAfter,
  Queue,
  Semaphore,
  sleep,
  sleepForever,
  taskGroup,
} from '@sluice/core';
import { scopeHere } from '../../src/scope/current.ts';

// Does each thing 100,000 times, twice or more often, and says how much the later times left behind.
const COUNT = 100_000;
const root = scopeHere();
const semaphore = new Semaphore(1);
const event = new Event();
const queue = new Queue<number>();
const never = new Promise<void>(() => {});
const outside = new AbortController();

const kinds: Record<string, () => Promise<unknown>> = {
  tasks: () => taskGroup((group) => repeat(() => void group.spawn(() => sleep(1)))),
  sleeps: () => map(indexes(), () => sleep(1), { concurrency: COUNT }),
  timeouts: () => map(indexes(), () => moveOnAfter('1h', () => null), { concurrency: 100 }),
  expired: () => map(indexes(), () => moveOnAfter(1, sleepForever), { concurrency: COUNT }),
  cancelled: () =>
    cancelScope(async (scope) => {
      queueMicrotask(() => queueMicrotask(() => scope.cancel()));
      await map(indexes(), () => Promise.all([event.wait(), queue.get(), cancellable(never)]), { concurrency: COUNT });
    }),
  abandoned: () => map(indexes(), () => cancelScope(() => void sleep('1h').catch(() => {}))),
  signals: () => map(indexes(), () => cancelScope((scope) => scope.signal.aborted, { signal: outside.signal })),
  permits: () => map(indexes(), () => semaphore.with(() => null), { concurrency: 100 }),
  gathers: () => map(indexes(), () => gather([() => 1, () => 2])),
  async streams() {
    for await (const _ of mapStream(indexes(), (index) => index));
  },
};

function* indexes(): Generator<number> {
  for (let index = 0; index < COUNT; index++) yield index;
}

function repeat(action: () => void): void {
  for (let index = 0; index < COUNT; index++) action();
}

async function heapAfterGc(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    globalThis.gc!();
  }
  return process.memoryUsage().heapUsed;
}

const kind = process.argv[2]!;
const work = kinds[kind]!;
await work();
// A leak grows each time; what a collector only keeps for a while (Bun reads its stack conservatively) does not.
let growth = Number.POSITIVE_INFINITY;
for (let round = 0; round < 4 && growth >= COUNT * 20; round++) {
  const before = await heapAfterGc();
  await work();
  growth = Math.min(growth, (await heapAfterGc()) - before);
}

assert.ok(root.firstChild === null, 'a node is left in the tree');
assert.ok(root.firstWaiter === null, 'a wait is left');
assert.equal(root.runtime.timers.size, 0, 'a timer is left in the heap');
assert.equal(semaphore.statistics().waiting, 0);
assert.equal(event.statistics().waiting, 0);
assert.equal(queue.statistics().waitingToGet, 0);
assert.deepEqual(
  process.getActiveResourcesInfo().filter((resource) => !/Pipe|TTY/.test(resource)),
  [],
  'nothing keeps the process alive',
);
assert.ok(growth < COUNT * 20, `${growth} bytes more after ${COUNT} of ${kind}`);
console.log(Object.keys(kinds).join());
