import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BrokenChannelError,
  channel,
  checkpoint,
  EndOfChannelError,
  mapStream,
  moveOnAfter,
  now,
  Queue,
  QueueShutDownError,
  sleep,
  taskGroup,
  UsageError,
} from '@sluice/core';
import { testRun } from '@sluice/core/testing';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

test('62: an item put while the getter is being cancelled is delivered to someone, once', () =>
  testRun(async () => {
    const queue = new Queue<string>();
    await taskGroup(async (group) => {
      const first = group.spawn(async () => {
        const item = await queue.get();
        await queue.put(`${item} again`).catch(() => queue.tryPut(item));
      });
      const second = group.spawn(() => queue.get());
      await sleep(1);
      first.cancel();
      await queue.put('item');
      assert.equal(await second, 'item');
    });
    assert.equal(queue.size, 0);
  }));

test('62: a getter granted and cancelled in the same turn still has its item', () =>
  testRun(async () => {
    const queue = new Queue<string>();
    const got: string[] = [];
    await taskGroup(async (group) => {
      const getter = group.spawn(async () => {
        got.push(await queue.get());
        await checkpoint();
      });
      await sleep(1);
      await queue.put('item');
      getter.cancel();
    });
    assert.deepEqual(got, ['item']);
    assert.equal(queue.size, 0);
  }));

test('62: a putter that is cancelled put nothing', () =>
  testRun(async () => {
    const queue = new Queue<number>(1);
    await queue.put(1);
    assert.equal((await moveOnAfter(1, () => queue.put(2))).timedOut, true);
    assert.equal(queue.tryGet(), 1);
    assert.equal(queue.tryGet(), undefined);
    assert.equal(queue.statistics().unfinished, 1);
  }));

test('64: join returns when every item was marked, and one mark too many is a usage error', () =>
  testRun(async () => {
    const queue = new Queue<number>();
    await queue.join();
    await taskGroup(async (group) => {
      await queue.put(1);
      await queue.put(2);
      group.spawn(async () => {
        for (let index = 0; index < 2; index++) {
          await queue.get();
          await sleep(10);
          queue.taskDone();
        }
      });
      await queue.join();
      assert.equal(now(), 20);
    });
    assert.throws(() => queue.taskDone(), UsageError);
  }));

test('65: after shutdown putting throws, and getting empties the queue and then throws', () =>
  testRun(async () => {
    const queue = new Queue<number>(2);
    await queue.put(1);
    await queue.put(2);
    await taskGroup(async (group) => {
      const putter = group.spawn(() => assert.rejects(() => queue.put(3), QueueShutDownError));
      await sleep(1);
      queue.shutdown();
      await putter;
    });
    await assert.rejects(() => queue.put(4), QueueShutDownError);
    assert.throws(() => queue.tryPut(4), QueueShutDownError);
    assert.equal(await queue.get(), 1);
    const rest: number[] = [];
    for await (const item of queue) rest.push(item);
    assert.deepEqual(rest, [2]);
    await assert.rejects(() => queue.get(), QueueShutDownError);
  }));

test('65: shutdown({ immediate }) drops what is left and wakes getters, putters and joiners', () =>
  testRun(async () => {
    const full = new Queue<number>(1);
    await full.put(1);
    const empty = new Queue<number>();
    await taskGroup(async (group) => {
      group.spawn(() => assert.rejects(() => full.put(2), QueueShutDownError));
      group.spawn(() => full.join());
      group.spawn(() => assert.rejects(() => empty.get(), QueueShutDownError));
      await sleep(1);
      full.shutdown({ immediate: true });
      empty.shutdown({ immediate: true });
    });
    await assert.rejects(() => full.get(), QueueShutDownError);
  }));

test('65: shutdown({ immediate }) leaves items that are being worked on to their taskDone', () =>
  testRun(async () => {
    const queue = new Queue<number>();
    await queue.put(1);
    await queue.put(2);
    await queue.get();
    queue.shutdown({ immediate: true });
    assert.equal(queue.statistics().unfinished, 1);
    assert.equal((await moveOnAfter(1, () => queue.join())).timedOut, true);
    queue.taskDone();
    await queue.join();
  }));

test('66: at capacity 0 a send completes only at a receive', () =>
  testRun(async () => {
    const [tx, rx] = channel<string>();
    const order: string[] = [];
    await taskGroup(async (group) => {
      group.spawn(async () => {
        await tx.send('value');
        order.push('sent');
      });
      await sleep(10);
      order.push('receiving');
      order.push(await rx.receive());
    });
    assert.equal(order[0], 'receiving');
    assert.deepEqual(order.slice(1).sort(), ['sent', 'value']);
    assert.equal(tx.trySend('nobody waits'), false);
  }));

test('67: a receiver ends when the last of the cloned senders is closed', () =>
  testRun(async () => {
    const [tx, rx] = channel<number>(10);
    const other = tx.clone();
    await tx.send(1);
    tx.close();
    await other.send(2);
    await taskGroup(async (group) => {
      group.spawn(async () => {
        await sleep(10);
        other.close();
        other.close();
      });
      const got: number[] = [];
      for await (const value of rx.clone()) got.push(value);
      assert.deepEqual(got, [1, 2]);
      assert.equal(now(), 10);
      await assert.rejects(() => rx.receive(), EndOfChannelError);
    });
  }));

test('67: a send that nobody can receive any more is refused, a waiting one too', () =>
  testRun(async () => {
    const [tx, rx] = channel<number>();
    const other = rx.clone();
    await taskGroup(async (group) => {
      group.spawn(() => assert.rejects(() => tx.send(1), BrokenChannelError));
      await sleep(1);
      rx.close();
      await sleep(1);
      assert.equal(tx.statistics().waitingToSend, 1);
      other.close();
    });
    await assert.rejects(() => tx.send(2), BrokenChannelError);
    assert.throws(() => tx.trySend(2), BrokenChannelError);
    await assert.rejects(() => rx.receive(), UsageError);
    tx.close();
    await assert.rejects(() => tx.send(3), UsageError);
  }));

test('67: closing a receiving end ends a receive that waits on it, and no other', () =>
  testRun(async () => {
    const [tx, rx] = channel<number>();
    const other = rx.clone();
    await taskGroup(async (group) => {
      group.spawn(() => assert.rejects(() => rx.receive(), UsageError));
      const value = group.spawn(() => other.receive());
      await sleep(1);
      rx.close();
      await tx.send(5);
      assert.equal(await value, 5);
    });
  }));

test('69: a stream left by break cancels its producer and waits for its clean-up', () =>
  testRun(async () => {
    let cleaned = false;
    for await (const value of mapStream([1, 2, 3], async (item) => {
      try {
        await sleep(item === 1 ? 1 : 1000);
        return item;
      } finally {
        if (item === 3) cleaned = true;
      }
    })) {
      assert.equal(value, 1);
      break;
    }
    assert.equal(cleaned, true);
    assert.equal(now(), 1);
  }));

test('69: leaving a loop over a channel closes that end, and the producer is told', () =>
  testRun(async () => {
    const [tx, rx] = channel<number>();
    await taskGroup(async (group) => {
      const producer = group.spawn(async () => {
        await assert.rejects(async () => {
          for (let value = 0; ; value++) await tx.send(value);
        }, BrokenChannelError);
      });
      for await (const value of rx) if (value === 2) break;
      await producer;
    });
  }));
