import assert from 'node:assert/strict';
import {
  adaptiveLimit,
  any,
  asCompleted,
  Barrier,
  background,
  Condition,
  ContextVar,
  circuitBreaker,
  hedge,
  Lock,
  map,
  moveOnAfter,
  PriorityQueue,
  race,
  rateLimiter,
  sleepForever,
  taskGroup,
  wait,
} from '@sluice/core';
import { scopeHere } from '../../src/scope/current.ts';

// Uses each thing 30,000 times, again and again, and says how much another time left behind. A collector may keep what it likes once, a leak grows every time.
const COUNT = 30_000;
const root = scopeHere();
const lock = new Lock();
const condition = new Condition();
const barrier = new Barrier(2);
const queue = new PriorityQueue<number>((a, b) => a - b);
const rate = rateLimiter({ limit: 1, per: '1h' });
rate.tryAcquire();
const limit = adaptiveLimit({ initial: 10 });
const breaker = circuitBreaker();
const variable = new ContextVar('n', { default: 0 });

const kinds: Record<string, () => Promise<unknown>> = {
  locks: () => times(() => lock.with(() => null)),
  conditions: () => times(() => condition.with(() => moveOnAfter(0, () => condition.wait())), 1),
  barriers: () => times(() => barrier.wait()),
  priorities: () =>
    times((n) => {
      queue.tryPut(n);
      return queue.get();
    }),
  rates: () => times(() => moveOnAfter(1, () => rate.acquire()), 1000),
  limits: () => times(async () => (await limit.acquire()).success()),
  breakers: () => times(() => breaker.call(() => null)),
  contexts: () => times((n) => variable.run(n, () => variable.get())),
  races: () => times(() => race([sleepForever, () => null])),
  hedges: () => times(() => any([sleepForever, () => hedge(() => null, { delay: 1 })])),
  services: () => times(() => background(() => null).done),
  watches: () =>
    taskGroup(async (group) => {
      const idle = group.spawn(sleepForever);
      const watch = (): Promise<unknown> =>
        times(async () => {
          const quick = group.spawn(() => null);
          await wait([idle, quick], { returnWhen: 'first-completed' });
          for await (const _ of asCompleted([idle, quick])) break;
        });
      await watch();
      const atFirst = await heapAfterGc();
      await watch();
      assert.ok((await heapAfterGc()) - atFirst < COUNT * 20, 'watchers are left on a task that goes on');
      group.cancel();
    }),
};

function times(action: (n: number) => Promise<unknown>, concurrency: number = 100): Promise<unknown> {
  return map(Array(COUNT).keys(), async (n) => void (await action(n)), { concurrency });
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
let growth = Number.POSITIVE_INFINITY;
for (let round = 0; round < 4 && growth >= COUNT * 20; round++) {
  const before = await heapAfterGc();
  await work();
  growth = (await heapAfterGc()) - before;
}

assert.ok(root.firstChild === null, 'a node is left in the tree');
assert.ok(root.firstWaiter === null, 'a wait is left');
assert.equal(root.runtime.timers.size, 0, 'a timer is left in the heap');
assert.equal(root.runtime.services.size, 0, 'a service is left');
assert.deepEqual(
  process.getActiveResourcesInfo().filter((resource) => !/Pipe|TTY/.test(resource)),
  [],
  'nothing keeps the process alive',
);
assert.ok(growth < COUNT * 20, `${growth} bytes more after ${COUNT} of ${kind}`);
console.log(Object.keys(kinds).join());
