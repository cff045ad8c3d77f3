import assert from 'node:assert/strict';
import { test } from 'node:test';
import { moveOnAfter, shield, sleep, sleepForever } from '@sluice/core';
import { testRun } from '@sluice/core/testing';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

test('what an async generator waits for belongs to whoever asks it for the next item, not to where it began', () =>
  testRun(async () => {
    const seen: string[] = [];
    async function* numbers(): AsyncGenerator<number> {
      try {
        yield 1;
        await sleep(1);
        yield 2;
        await sleepForever();
      } finally {
        await shield(() => sleep(5));
        seen.push('cleaned up');
      }
    }
    const stream = numbers();
    const begun = await moveOnAfter(10, () => stream.next());
    assert.equal(begun.value?.value, 1);
    // The scope in which it began has ended, and it goes on in this one.
    assert.equal((await stream.next()).value, 2);
    assert.equal((await moveOnAfter(10, () => stream.next())).timedOut, true);
    assert.deepEqual(seen, ['cleaned up']);
    assert.equal((await stream.next()).done, true);
  }));
