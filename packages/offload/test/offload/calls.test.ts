import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gather, UsageError } from '@sluice/core';
import {
  closeOffload,
  type OffloadError,
  offload,
  offloadStatistics,
  toProcess,
  toThread,
  transfer,
} from '@sluice/offload';
import { Gate } from '../support/gate.ts';
import { type Sums, sumsUrl } from '../support/modules.ts';
import { rejection } from '../support/rejection.ts';

for (const kind of ['thread', 'process'] as const) {
  test(`functions of a module run on a ${kind}, plain and async ones`, async () => {
    await using work = offload<Sums>(sumsUrl, { kind, threads: 1 });
    assert.equal(await work.add(1, 2), 3);
    assert.equal(await work.addLater(3, 4), 7);
    assert.deepEqual(offloadStatistics(work), { workers: 1, sent: 0, queued: 0 });
  });

  test(`bytes go to a ${kind} and come back`, async () => {
    await using work = offload<Sums>(sumsUrl, { kind, threads: 1 });
    assert.equal(await work.lengthOf(new Uint8Array(1000)), 1000);
    assert.equal((await work.zeros(2000)).byteLength, 2000);
  });
}

test('a thread is another thread of this process, a process is another process', async () => {
  await using threads = offload<Sums>(sumsUrl, { threads: 1 });
  await using processes = offload<Sums>(sumsUrl, { kind: 'process', threads: 1 });
  assert.equal(await threads.pid(), process.pid);
  assert.notEqual(await processes.pid(), process.pid);
});

test('what is marked with transfer() is handed over, not copied', async () => {
  await using work = offload<Sums>(sumsUrl, { threads: 1 });
  const bytes = new Uint8Array(1000);
  assert.equal(await work.lengthOf(transfer(bytes, [bytes.buffer])), 1000);
  assert.equal(bytes.byteLength, 0);
  assert.throws(() => transfer(3, []), UsageError);
});

test('no more calls run at once than there are threads, and the others wait in order', async () => {
  await using work = offload<Sums>(sumsUrl, { threads: 2 });
  const gate = new Gate();
  const held = Array.from({ length: 5 }, () => work.hold(gate.flag));
  await gate.entered(2);
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(Atomics.load(gate.flag, 1), 2);
  assert.equal(offloadStatistics(work)?.workers, 2);
  gate.open();
  await Promise.all(held);
});

test('one thread runs the calls of many turns first in, first out', async () => {
  await using work = offload<Sums>(sumsUrl, { threads: 1 });
  const counter = new Int32Array(new SharedArrayBuffer(4));
  const order = await Promise.all(Array.from({ length: 200 }, () => work.count(counter)));
  assert.deepEqual(
    order,
    Array.from({ length: 200 }, (_, index) => index + 1),
  );
});

test('a call beyond maxQueue is refused at once, and the others are not touched', async () => {
  await using work = offload<Sums>(sumsUrl, { kind: 'process', threads: 1, maxQueue: 2 });
  const accepted = [work.addLater(1, 1), work.addLater(2, 2)];
  const error = (await rejection(work.add(3, 3))) as unknown as OffloadError;
  assert.equal(error.code, 'SLUICE_OFFLOAD_QUEUE_FULL');
  assert.deepEqual(await Promise.all(accepted), [2, 4]);
});

test('a closure is refused with what to do instead', async () => {
  const closure = (() => 1) as never;
  for (const [name, call] of [
    ['toThread', () => toThread(closure, 'x')],
    ['toProcess', () => toProcess(closure, 'x')],
    ['offload', () => offload(closure)],
  ] as const) {
    assert.throws(call, (error: Error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, new RegExp(`^${name}\\(\\) takes the URL of a module, not a function`));
      assert.match(error.message, /new URL\('\.\/that-module\.ts', import\.meta\.url\)/);
      return true;
    });
  }
  assert.throws(() => offload('./relative.ts'), UsageError);
});

test('options that cannot be met are refused', () => {
  assert.throws(() => offload(sumsUrl, { threads: 0 }), UsageError);
  assert.throws(() => offload(sumsUrl, { threads: 1.5 }), UsageError);
  assert.throws(() => offload(sumsUrl, { maxQueue: Number.NaN }), UsageError);
  assert.throws(() => offload(sumsUrl, { kind: 'process', resourceLimits: {} }), UsageError);
});

test('the proxy is no promise: it can be awaited and returned', async () => {
  const open = async () => offload<Sums>(sumsUrl, { threads: 1 });
  await using work = await open();
  assert.equal(await work.add(1, 1), 2);
  assert.equal(work.add, work.add);
});

test('toThread and toProcess share workers, which closeOffload ends; later calls start new ones', async () => {
  const first = await gather([
    () => toThread<Sums['add']>(sumsUrl, 'add', 1, 2),
    () => toProcess<Sums['pid']>(sumsUrl, 'pid'),
  ]);
  assert.equal(first[0], 3);
  await closeOffload();
  const [three, secondPid] = await gather([
    () => toThread<Sums['add']>(sumsUrl.href, 'add', 1, 2),
    () => toProcess<Sums['pid']>(sumsUrl.href, 'pid'),
  ]);
  assert.equal(three, 3);
  assert.notEqual(secondPid, first[1]);
  await closeOffload();
});

test('a closed pool ends what runs and refuses what comes, and closing twice is the same', async () => {
  const work = offload<Sums>(sumsUrl, { threads: 1 });
  const gate = new Gate();
  const running = rejection(work.hold(gate.flag));
  await gate.entered(1);
  const queued = Array.from({ length: 40 }, () => rejection(work.add(1, 1)));
  await Promise.all([work[Symbol.asyncDispose](), work[Symbol.asyncDispose]()]);
  for (const error of await Promise.all([running, ...queued, rejection(work.add(1, 1))])) {
    assert.equal(error.code, 'SLUICE_OFFLOAD_CLOSED');
  }
  assert.deepEqual(offloadStatistics(work), { workers: 0, sent: 0, queued: 0 });
  assert.equal(offloadStatistics({}), undefined);
});
