import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CancelledError, cancelScope, sleep, taskGroup } from '@sluice/core';
import { testRun } from '@sluice/core/testing';
import { pull } from '../../src/many/pull.ts';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

/** An async source that breaks when it is asked for two items at a time. */
class OneAtATime implements AsyncIterable<number>, AsyncIterator<number> {
  asked = 0;
  closed = 0;
  #isBusy = false;
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<number>> {
    assert.equal(this.#isBusy, false, 'asked for two items at a time');
    this.#isBusy = true;
    await sleep(1);
    this.#isBusy = false;
    return this.asked < this.#count ? { done: false, value: this.asked++ } : { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<number>> {
    this.closed++;
    return { done: true, value: undefined };
  }
}

test('an async source is asked for one item at a time, and each caller gets the next in line', () =>
  testRun(async () => {
    const items = pull(new OneAtATime(3));
    const got = await taskGroup(async (group) => {
      const callers = Array.from({ length: 5 }, () => group.spawn(async () => await items.next()));
      return [await callers[0], await callers[1], await callers[2], await callers[3], await callers[4]];
    });
    assert.deepEqual(got, [{ item: 0, index: 0 }, { item: 1, index: 1 }, { item: 2, index: 2 }, undefined, undefined]);
  }));

test('a caller that is cancelled while it stands in line takes no item away', () =>
  testRun(async () => {
    const items = pull(new OneAtATime(3));
    await taskGroup(async (group) => {
      const first = group.spawn(async () => await items.next());
      const second = group.spawn(async () => await items.next());
      const third = group.spawn(async () => await items.next());
      await sleep(0.5);
      second.cancel();
      assert.deepEqual([(await first)?.item, (await third)?.item], [0, 1]);
    });
  }));

test('under a cancel nothing is pulled, and a source that ended or was closed is closed once', () =>
  testRun(async () => {
    const source = new OneAtATime(1);
    const items = pull(source);
    await cancelScope(async (scope) => {
      scope.cancel();
      await assert.rejects(async () => await items.next(), CancelledError);
    });
    assert.equal(source.asked, 0);
    await items.close();
    await items.close();
    assert.equal(source.closed, 1);
    assert.equal(await items.next(), undefined);
    const whole = new OneAtATime(0);
    const ended = pull(whole);
    assert.equal(await ended.next(), undefined);
    await ended.close();
    assert.equal(whole.closed, 0, 'it ended by itself');
  }));
