import assert from 'node:assert/strict';
import { getEventListeners, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import * as core from '@sluice/core';
import { Session } from '@sluice/http';
import express from 'express';
import fastify from 'fastify';

// A program takes the core up function by function: in a handler of the framework that it has, in a test that it has, without run().

const {
  adaptiveLimit,
  any,
  asCompleted,
  Barrier,
  background,
  cancellable,
  cancelScope,
  channel,
  checkpoint,
  circuitBreaker,
  Condition,
  ContextVar,
  Event,
  gather,
  gatherSettled,
  hedge,
  LifoQueue,
  Lock,
  map,
  mapSettled,
  mapStream,
  moveOnAfter,
  PriorityQueue,
  Queue,
  race,
  rateLimiter,
  retry,
  Semaphore,
  shield,
  sleep,
  sleepUntil,
  taskGroup,
  timeout,
  wait,
} = core;

const two = async (): Promise<number> => {
  await sleep(1);
  return 2;
};

/** Everything that waits, with what it has to give. */
const waits: Record<string, readonly [() => Promise<unknown>, unknown]> = {
  taskGroup: [
    () => taskGroup(async (group) => (await group.spawn(two)) + (await group.start<number>((started) => started(3)))),
    5,
  ],
  background: [() => background(two).done, 2],
  cancelScope: [() => cancelScope(two), 2],
  timeout: [() => timeout('1min', two), 2],
  moveOnAfter: [() => moveOnAfter(1, core.sleepForever), { timedOut: true, value: undefined }],
  sleepForever: [() => moveOnAfter(1, core.sleepForever).then(({ timedOut }) => timedOut), true],
  shield: [() => shield(two), 2],
  sleep: [() => sleep(1), undefined],
  sleepUntil: [() => sleepUntil(core.now() + 1), undefined],
  checkpoint: [() => checkpoint(), undefined],
  cancellable: [() => cancellable(Promise.resolve(4)), 4],
  gather: [() => gather([two, () => 'text']), [2, 'text']],
  gatherSettled: [() => gatherSettled([two]), [{ status: 'fulfilled', value: 2 }]],
  map: [() => map([1, 2, 3], (n) => n * 2), [2, 4, 6]],
  mapSettled: [() => mapSettled([1], (n) => n), [{ status: 'fulfilled', value: 1 }]],
  mapStream: [() => Array.fromAsync(mapStream([1, 2], (n) => n * 2)), [2, 4]],
  asCompleted: [
    () => taskGroup((group) => Array.fromAsync(asCompleted([group.spawn(two)]), ({ status }) => status)),
    ['fulfilled'],
  ],
  wait: [() => taskGroup(async (group) => (await wait([group.spawn(two)])).done.length), 1],
  race: [() => race([two, core.sleepForever]), 2],
  any: [() => any([two, () => Promise.reject(new Error('no'))]), 2],
  hedge: [() => hedge(two, { delay: '1s' }), 2],
  retry: [() => retry(two), 2],
  Semaphore: [() => new Semaphore(1).with(two), 2],
  Lock: [() => new Lock().with(two), 2],
  Condition: [() => new Condition().with(two), 2],
  Event: [
    () => {
      const event = new Event();
      setTimeout(() => event.set(), 1);
      return event.wait();
    },
    undefined,
  ],
  Barrier: [() => new Barrier(1).wait(), 0],
  Queue: [() => passed(new Queue<number>()), 7],
  PriorityQueue: [() => passed(new PriorityQueue<number>((a, b) => a - b)), 7],
  LifoQueue: [() => passed(new LifoQueue<number>()), 7],
  channel: [
    () => {
      const [tx, rx] = channel<number>();
      return gather([() => tx.send(7), () => rx.receive()]).then(([, received]) => received);
    },
    7,
  ],
  rateLimiter: [
    () =>
      rateLimiter({ limit: 1000 })
        .acquire()
        .then((permit) => permit.release()),
    undefined,
  ],
  adaptiveLimit: [
    () =>
      adaptiveLimit()
        .acquire()
        .then((permit) => permit.success()),
    undefined,
  ],
  circuitBreaker: [() => circuitBreaker().call(two), 2],
  ContextVar: [() => Promise.resolve(new ContextVar<number>('n').run(2, two)), 2],
};

/** What does not wait, makes what waits, or is the program's own. */
const NO_WAITS =
  /Error$|^(run|currentScope|currentTask|currentEffectiveDeadline|isCancelled|now|random|suppressedErrors|taskTree|formatTaskTree|addInstrument|loopMonitor|formatDuration|parseDuration|TryAgain|Stop|stop[A-Z]\w+|Wait|wait[A-Z]\w+|exponentialJitter|RetryIf|retryIf\w+)$/;

function passed(queue: core.Queue<number>): Promise<number> {
  return taskGroup(async (group) => {
    group.spawn(() => queue.put(7));
    return await queue.get();
  }) as Promise<number>;
}

async function all(): Promise<Record<string, unknown>> {
  const given: Record<string, unknown> = {};
  for (const [name, [work]] of Object.entries(waits)) given[name] = await work();
  return given;
}

const expected = Object.fromEntries(Object.entries(waits).map(([name, [, value]]) => [name, value]));

test('everything that the core exports and that waits is tried here', () => {
  const tried = Object.keys(core).filter((name) => !NO_WAITS.test(name));
  assert.deepEqual(tried.sort(), Object.keys(waits).sort());
});

for (const [name, [work, value]] of Object.entries(waits)) {
  test(`${name} works in a plain test, without run`, async () => {
    assert.deepEqual(await work(), value);
  });
}

test('every function works in a handler of Express', async () => {
  const app = express();
  app.get('/', async (_request, response) => {
    response.json(await all());
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await using session = new Session();
  const reply = await session.get(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  server.close();
  assert.deepEqual(reply.json(), JSON.parse(JSON.stringify(expected)));
});

test('every function works in a handler of Fastify', async () => {
  const app = fastify();
  app.get('/', all);
  const reply = await app.inject('/');
  await app.close();
  assert.deepEqual(reply.json(), JSON.parse(JSON.stringify(expected)));
});

test('a timeout in a handler of Express reaches its error handler, and other requests go on', async () => {
  const app = express();
  app.get('/slow', () => timeout(5, core.sleepForever));
  app.get('/quick', async (_request, response) => void response.json(await timeout('1min', two)));
  app.use((error: Error, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
    response.status(504).json({ name: error.name });
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await using session = new Session();
  const [slow, quick] = await gather([() => session.get(`${url}/slow`), () => session.get(`${url}/quick`)]);
  server.close();
  assert.deepEqual([slow.status, slow.json()], [504, { name: 'TimeoutError' }]);
  assert.equal(quick.json(), 2);
});

const followers: Record<string, (signal: AbortSignal) => Promise<unknown>> = {
  run: (signal) => core.run(core.sleepForever, { signal, handleSignals: false }),
  taskGroup: (signal) => taskGroup((group) => void group.spawn(core.sleepForever), { signal }),
  cancelScope: (signal) => cancelScope(core.sleepForever, { signal }),
};

for (const [name, follow] of Object.entries(followers)) {
  test(`an outside AbortSignal cancels ${name} through { signal }, and leaves no listener`, async () => {
    const outside = new AbortController();
    const followed = follow(outside.signal).then(
      () => 'ended',
      (error: unknown) => (error as core.CancelledError).reason,
    );
    await sleep(1);
    assert.equal(getEventListeners(outside.signal, 'abort').length, 1);
    outside.abort('the client went away');
    assert.equal(await followed, name === 'run' ? 'the client went away' : 'ended');
    const unused = new AbortController();
    await cancelScope(two, { signal: unused.signal });
    assert.equal(getEventListeners(unused.signal, 'abort').length, 0);
  });
}
