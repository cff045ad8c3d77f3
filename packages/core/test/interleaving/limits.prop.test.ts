import assert from 'node:assert/strict';
import {
  adaptiveLimit,
  CircuitOpenError,
  checkpoint,
  circuitBreaker,
  Event,
  isCancelled,
  type Limiter,
  Lock,
  now,
  rateLimiter,
  Semaphore,
  sleep,
} from '@sluice/core';
import { expectNothingLeft } from '../leaks/nothing-left.ts';
import { assertInOrder, atAnyInterleaving } from './interleave.ts';

expectNothingLeft();

interface Limit extends Limiter {
  statistics(): { readonly waiting: number };
}

const limits: Record<string, { readonly make: () => Limit; readonly most: number; readonly atRest: object }> = {
  'a semaphore': { make: () => new Semaphore(2), most: 2, atRest: { limit: 2, held: 0, waiting: 0 } },
  'a lock': { make: () => new Lock(), most: 1, atRest: { owner: undefined, waiting: 0 } },
  'an adaptive limit': {
    make: () => adaptiveLimit({ algorithm: 'aimd', initial: 2, max: 2 }),
    most: 2,
    atRest: { limit: 2, held: 0, waiting: 0 },
  },
};

for (const [name, { make, most, atRest }] of Object.entries(limits)) {
  atAnyInterleaving(`${name} conserves its permits, first in, first out, and serves who stays`, (world) => {
    const limit = make();
    const [asked, granted, staying]: [number[], number[], number[]] = [[], [], []];
    let holders = 0;
    for (let count = 0; count < 5; count++) {
      world.actor(async (id, fate) => {
        if (fate === 'stays') staying.push(id);
        await world.step(`actor ${id} asks`);
        asked.push(id);
        using _permit = await limit.acquire();
        granted.push(id);
        assert.ok(++holders <= most, `${holders} hold ${name}`);
        try {
          await world.step(`actor ${id} gives back`);
        } finally {
          holders--;
        }
      });
    }
    return () => {
      assertInOrder(granted, asked);
      assert.deepEqual(
        staying.filter((id) => !granted.includes(id)),
        [],
      );
      assert.deepEqual({ ...limit.statistics() }, { ...limit.statistics(), ...atRest });
    };
  });
}

atAnyInterleaving('a rate limiter gives one permit a slot, in order, and a cancelled waiter spends none', (world) => {
  const limiter = rateLimiter({ limit: 1, per: 3 });
  const [asked, granted, staying, at]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let count = 0; count < 5; count++) {
    world.actor(async (id, fate) => {
      if (fate === 'stays') staying.push(id);
      await world.step(`actor ${id} asks`);
      asked.push(id);
      await limiter.acquire();
      granted.push(id);
      at.push(now());
    });
  }
  return () => {
    assertInOrder(granted, asked);
    assert.deepEqual(
      staying.filter((id) => !granted.includes(id)),
      [],
    );
    for (const [index, time] of at.entries()) assert.ok(index === 0 || time - at[index - 1]! >= 3, `granted at ${at}`);
    assert.equal(limiter.statistics().waiting, 0);
  };
});

atAnyInterleaving(
  'a circuit breaker lets one probe through at a time, and a cancelled probe gives its place back',
  (world) => {
    const breaker = circuitBreaker({ failures: 1, openFor: 2, halfOpenProbes: 1 });
    let probing = 0;
    let isBroken = true;
    const [callers, allGone] = [5, new Event()];
    let gone = 0;
    for (let count = 0; count < callers; count++) {
      world.actor(async (id) => {
        try {
          await world.step(`actor ${id} calls`);
          const isProbe = breaker.state !== 'closed';
          await breaker.call(async () => {
            if (isProbe) assert.ok(++probing <= 1, 'two probes at once');
            try {
              await world.step(`the answer to ${id}`);
              await checkpoint();
              if (isBroken) throw new Error('broken');
            } finally {
              if (isProbe) probing--;
            }
          });
        } catch (error) {
          if (isCancelled(error)) throw error;
          if (!(error instanceof CircuitOpenError)) isBroken = false;
        } finally {
          if (++gone === callers) allGone.set();
        }
      });
    }
    world.actor(async () => {
      await allGone.wait();
      await sleep(2);
      await breaker.call(() => null);
      await breaker.call(() => null);
    }, 'stays');
    return () => {
      assert.equal(probing, 0);
      assert.equal(breaker.state, 'closed');
    };
  },
);
