import assert from 'node:assert/strict';
import { Barrier, BrokenBarrierError, Condition, Event } from '@sluice/core';
import { expectNothingLeft } from '../leaks/nothing-left.ts';
import { assertInOrder, atAnyInterleaving } from './interleave.ts';

expectNothingLeft();

atAnyInterleaving('a condition hands each item to one who waits, under its lock', (world) => {
  const condition = new Condition();
  const stock: number[] = [];
  const [taken, staying]: [number[], number[]] = [[], []];
  let inside = 0;
  for (let count = 0; count < 4; count++) {
    world.actor(async (id, fate) => {
      if (fate === 'stays') staying.push(id);
      await world.step(`taker ${id} comes`);
      await condition.with(async () => {
        await condition.waitFor(() => stock.length > 0);
        assert.equal(++inside, 1, 'two under one lock');
        taken.push(stock.shift()!);
        await world.step(`taker ${id} leaves`);
        inside--;
      });
    });
  }
  for (let item = 0; item < 4; item++) {
    world.actor(async (id) => {
      await world.step(`giver ${id} comes`);
      await condition.with(() => {
        stock.push(item);
        condition.notify();
      });
    }, 'stays');
  }
  return () => {
    assertInOrder([...taken].sort(), [0, 1, 2, 3]);
    assert.deepEqual([...taken, ...stock].sort(), [0, 1, 2, 3], 'no item is lost');
    assert.ok(taken.length >= staying.length, 'who stays is served');
    assert.equal(condition.statistics().waiting, 0);
    assert.equal(condition.statistics().lock.waiting, 0);
  };
});

atAnyInterleaving('an event wakes all that wait, and nobody before it is set', (world) => {
  const event = new Event();
  const [woken, staying]: [number[], number[]] = [[], []];
  for (let count = 0; count < 4; count++) {
    world.actor(async (id, fate) => {
      if (fate === 'stays') staying.push(id);
      await world.step(`actor ${id} waits`);
      await event.wait();
      assert.equal(event.isSet, true);
      woken.push(id);
    });
  }
  world.actor(async () => {
    await world.step('set');
    event.set();
  }, 'stays');
  return () => {
    assert.deepEqual(
      staying.filter((id) => !woken.includes(id)),
      [],
    );
    assert.equal(event.statistics().waiting, 0);
  };
});

atAnyInterleaving('a barrier lets two go at a time, and one who was cancelled does not count', (world) => {
  const barrier = new Barrier(2);
  const indexes: number[] = [];
  let broken = 0;
  for (let count = 0; count < 5; count++) {
    world.actor(async (id) => {
      await world.step(`actor ${id} comes`);
      try {
        indexes.push(await barrier.wait());
      } catch (error) {
        if (!(error instanceof BrokenBarrierError)) throw error;
        broken++;
      }
    });
  }
  world.atRest(() => {
    assert.ok(barrier.statistics().waiting <= 1, 'two who wait would go');
    barrier.abort();
  });
  return () => {
    assert.ok(broken <= 1);
    assert.equal(indexes.filter((index) => index === 0).length, indexes.length / 2);
    assert.equal(indexes.filter((index) => index === 1).length, indexes.length / 2);
    assert.equal(barrier.statistics().waiting, 0);
  };
});
