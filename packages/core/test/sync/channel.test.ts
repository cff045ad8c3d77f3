import assert from 'node:assert/strict';
import { test } from 'node:test';
import { channel, EndOfChannelError, Queue, Semaphore, sleep, taskGroup, UsageError } from '@sluice/core';
import { testRun } from '@sluice/core/testing';
import { Deque } from '../../src/sync/deque.ts';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

test('the forms that do not wait say at once whether they can', () =>
  testRun(async () => {
    const [tx, rx] = channel<number | undefined>(1);
    assert.equal(rx.tryReceive(), undefined);
    assert.equal(tx.trySend(1), true);
    assert.equal(tx.trySend(2), false);
    assert.equal(rx.tryReceive(), 1);
    await tx.send(undefined);
    assert.equal(await rx.receive(), undefined);
    await taskGroup(async (group) => {
      const waiting = group.spawn(() => rx.receive());
      await sleep(1);
      assert.deepEqual(tx.statistics(), {
        buffered: 0,
        capacity: 1,
        openSenders: 1,
        openReceivers: 1,
        waitingToSend: 0,
        waitingToReceive: 1,
      });
      assert.equal(tx.trySend(7), true);
      assert.equal(await waiting, 7);
    });
  }));

test('a send that waits is delivered even when its sender is closed meanwhile', () =>
  testRun(async () => {
    const [tx, rx] = channel<string>();
    await taskGroup(async (group) => {
      group.spawn(() => tx.send('last'));
      await sleep(1);
      tx.close();
      assert.equal(await rx.receive(), 'last');
      await assert.rejects(() => rx.receive(), EndOfChannelError);
    });
  }));

test('a receive that waits ends when the last sender is closed', () =>
  testRun(async () => {
    const [tx, rx] = channel<string>();
    await taskGroup(async (group) => {
      group.spawn(() => assert.rejects(() => rx.receive(), EndOfChannelError));
      group.spawn(async () => {
        for await (const _ of rx.clone()) assert.fail('nothing comes');
      });
      await sleep(1);
      using end = tx;
      void end;
    });
  }));

test('closed ends refuse every use, and closing twice does nothing', () => {
  const [tx, rx] = channel<number>(1);
  tx.close();
  tx.close();
  rx.close();
  rx.close();
  assert.deepEqual([tx.statistics().openSenders, tx.statistics().openReceivers], [0, 0]);
  assert.throws(() => tx.trySend(1), UsageError);
  assert.throws(() => tx.clone(), UsageError);
  assert.throws(() => rx.tryReceive(), UsageError);
  assert.throws(() => rx.clone(), UsageError);
});

test('what is left in the buffer is dropped when the last receiver is closed', async () => {
  const [tx, rx] = channel<number>(2);
  await tx.send(1);
  const other = rx.clone();
  rx.close();
  assert.equal(tx.statistics().buffered, 1);
  other.close();
  assert.equal(tx.statistics().buffered, 0);
});

test('sizes that cannot be are usage errors', () => {
  for (const bad of [-1, 1.5, Number.NaN, '1', null] as never[]) {
    assert.throws(() => channel(bad), UsageError);
    assert.throws(() => new Queue(bad), UsageError);
    assert.throws(() => new Semaphore(bad), UsageError);
    const semaphore = new Semaphore(1);
    assert.throws(() => {
      semaphore.limit = bad;
    }, UsageError);
    assert.equal(semaphore.limit, 1);
  }
  assert.throws(() => new Queue(0), UsageError);
});

test('semaphore.with gives the permit back however the function ends', async () => {
  const semaphore = new Semaphore(Number.POSITIVE_INFINITY);
  assert.equal(await semaphore.with(() => semaphore.statistics().held), 1);
  await assert.rejects(() =>
    semaphore.with(() => {
      throw new Error('boom');
    }),
  );
  assert.equal(semaphore.statistics().held, 0);
});

test('a deque of many rounds keeps no more than it holds', () => {
  const deque = new Deque<number>();
  for (let index = 0; index < 10_000; index++) {
    deque.push(index);
    deque.push(-index);
    assert.equal(deque.shift(), index % 2 === 0 ? index / 2 : -(index - 1) / 2);
  }
  assert.equal(deque.length, 10_000);
  deque.clear();
  assert.equal(deque.length, 0);
});
