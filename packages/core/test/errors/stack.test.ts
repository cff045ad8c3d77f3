import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  any,
  background,
  ContextVar,
  cancelScope,
  circuitBreaker,
  gather,
  gatherSettled,
  hedge,
  Lock,
  map,
  mapStream,
  moveOnAfter,
  race,
  retry,
  run,
  Semaphore,
  shield,
  sleep,
  taskGroup,
  timeout,
} from '@sluice/core';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

const sources = fileURLToPath(new URL('../../src/', import.meta.url));

async function third(): Promise<never> {
  await sleep(1);
  throw new RangeError('three calls deep');
}

async function second(): Promise<never> {
  return await third();
}

async function first(): Promise<never> {
  return await second();
}

const ways: Record<string, () => Promise<unknown>> = {
  run: () => run(first, { handleSignals: false }),
  taskGroup: () => taskGroup((group) => void group.spawn(first)),
  'taskGroup, its body': () => taskGroup(first),
  'group.start': () => taskGroup((group) => group.start(first)),
  background: () => background(first).done,
  cancelScope: () => cancelScope(first),
  timeout: () => timeout('1min', first),
  moveOnAfter: () => moveOnAfter('1min', first),
  shield: () => shield(first),
  gather: () => gather([first]),
  gatherSettled: async () => {
    const [result] = await gatherSettled([first]);
    if (result.status === 'rejected') throw result.reason;
  },
  map: () => map([1], first),
  mapStream: async () => {
    for await (const _ of mapStream([1], first));
  },
  race: () => race([first]),
  any: () => any([first]),
  hedge: () => hedge(first, { delay: 1, attempts: 1 }),
  retry: () => retry(first, { attempts: 2 }),
  'semaphore.with': () => new Semaphore(1).with(first),
  'lock.with': () => new Lock().with(first),
  'circuitBreaker.call': () => circuitBreaker().call(first),
  'contextVar.run': () => new ContextVar<number>('n').run(1, first),
};

for (const [name, way] of Object.entries(ways)) {
  test(`an error three calls deep in ${name} names all three, and nothing of ours is on top`, async () => {
    const thrown = await way().then(
      () => assert.fail('it must throw'),
      (error: unknown) => (error instanceof AggregateError ? (error.errors[0] as Error) : (error as Error)),
    );
    assert.ok(thrown instanceof RangeError, String(thrown));
    const frames = thrown.stack!.split('\n').slice(1);
    for (const [index, called] of ['third', 'second', 'first'].entries()) {
      assert.match(frames[index]!, new RegExp(`\\b${called}\\b.*stack\\.test\\.ts`), thrown.stack);
    }
    assert.equal(
      frames.slice(0, 3).some((frame) => frame.includes(sources)),
      false,
    );
  });
}
