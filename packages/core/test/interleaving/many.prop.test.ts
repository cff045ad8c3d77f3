import assert from 'node:assert/strict';
import {
  checkpoint,
  gather,
  hedge,
  isCancelled,
  map,
  race,
  retry,
  sleep,
  stopAfterAttempt,
  waitFixed,
} from '@sluice/core';
import { expectNothingLeft } from '../leaks/nothing-left.ts';
import { atAnyInterleaving, type World } from './interleave.ts';

expectNothingLeft();

/** Work whose parts run at most so many at once, each item once; some fail. Says afterwards what happened. */
class Parts {
  running = 0;
  readonly begun: number[] = [];
  readonly #world: World;
  readonly #most: number;
  readonly #failing: number | undefined;

  constructor(world: World, most: number, failing?: number) {
    this.#world = world;
    this.#most = most;
    this.#failing = failing;
  }

  readonly work = async (item: number): Promise<number> => {
    this.begun.push(item);
    assert.ok(++this.running <= this.#most, `${this.running} at once`);
    try {
      await this.#world.step(`part ${item}`);
      await checkpoint();
      if (item === this.#failing) throw new RangeError(`part ${item}`);
      return item * 10;
    } finally {
      this.running--;
    }
  };
}

const ITEMS = [0, 1, 2, 3];

for (const failing of [undefined, 2]) {
  const how = failing === undefined ? 'succeeds' : 'fails';
  const callers: Record<string, (parts: Parts) => Promise<number[]>> = {
    map: ({ work }) => map(ITEMS, work, { concurrency: 2 }),
    gather: ({ work }) => gather(ITEMS.map((item) => () => work(item))),
  };
  for (const [name, call] of Object.entries(callers)) {
    atAnyInterleaving(`${name} that ${how} gives all in order or the error, and leaves nothing running`, (world) => {
      const all: Parts[] = [];
      let ended = 0;
      for (let caller = 0; caller < 2; caller++) {
        world.actor(async (_id, fate) => {
          const parts = new Parts(world, name === 'map' ? 2 : ITEMS.length, failing);
          all.push(parts);
          try {
            assert.deepEqual(await call(parts), [0, 10, 20, 30]);
            assert.equal(failing, undefined, 'it failed and gave a value');
          } catch (error) {
            if (fate !== 'stays' && isCancelled(error)) throw error;
            assert.ok(error instanceof RangeError, String(error));
          } finally {
            assert.equal(parts.running, 0, 'something still runs');
            ended++;
          }
        });
      }
      return () => {
        assert.equal(ended, 2);
        for (const { begun } of all) assert.equal(new Set(begun).size, begun.length, 'an item was given twice');
      };
    });
  }
}

const contests: Record<string, (parts: Parts) => Promise<number>> = {
  race: ({ work }) => race(ITEMS.map((item) => () => work(item))),
  hedge: ({ work }) => hedge(({ attempt }) => work(attempt - 1), { delay: 1, attempts: ITEMS.length }),
};

for (const [name, call] of Object.entries(contests)) {
  atAnyInterleaving(`${name} gives one answer, and has ended the others when it returns`, (world) => {
    let ended = 0;
    for (let caller = 0; caller < 2; caller++) {
      world.actor(async () => {
        const parts = new Parts(world, ITEMS.length);
        try {
          assert.ok([0, 10, 20, 30].includes(await call(parts)));
        } finally {
          assert.equal(parts.running, 0, 'a loser still runs');
          assert.equal(new Set(parts.begun).size, parts.begun.length);
          ended++;
        }
      });
    }
    return () => assert.equal(ended, 2);
  });
}

atAnyInterleaving('retry has one attempt under way, in order, and none after its end', (world) => {
  let ended = 0;
  for (let caller = 0; caller < 3; caller++) {
    world.actor(async () => {
      const attempts: number[] = [];
      let running = 0;
      let isOver = false;
      try {
        const value = await retry(
          async ({ attempt }) => {
            assert.equal(isOver, false);
            attempts.push(attempt);
            assert.equal(++running, 1, 'two attempts at once');
            try {
              await world.step(`attempt ${attempt}`);
              await sleep(1);
              if (attempt < 3) throw new Error('not yet');
              return attempt;
            } finally {
              running--;
            }
          },
          { stop: stopAfterAttempt(3), wait: waitFixed(1) },
        );
        assert.equal(value, 3);
      } finally {
        isOver = true;
        assert.equal(running, 0);
        assert.deepEqual(attempts, [1, 2, 3].slice(0, attempts.length));
        ended++;
      }
    });
  }
  return () => assert.equal(ended, 3);
});
