import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { OffloadError, offload, offloadStatistics } from '@sluice/offload';
import { type Failures, failuresUrl, type Sums, sumsUrl } from '../support/modules.ts';
import { rejection } from '../support/rejection.ts';

for (const kind of ['thread', 'process'] as const) {
  test(`a function that ends its ${kind} fails alone: the calls behind it run on a new one`, async () => {
    await using work = offload<Failures>(failuresUrl, { kind, threads: 1 });
    const ending = rejection(work.exit(3));
    const behind = Array.from({ length: 5 }, (_, index) => rejection(work.failLater(`call ${index}`)));
    const error = await ending;
    assert.ok(error instanceof OffloadError);
    assert.equal(error.code, 'SLUICE_OFFLOAD_WORKER_EXITED');
    assert.match(error.message, /exited with code 3 while it ran exit\(\)/);
    const messages = (await Promise.all(behind)).map(({ message }) => message);
    assert.deepEqual(messages, ['call 0', 'call 1', 'call 2', 'call 3', 'call 4']);
  });

  test(`exit code 0 of a ${kind} is an end like any other`, async () => {
    await using work = offload<Failures>(failuresUrl, { kind, threads: 1 });
    assert.equal((await rejection(work.exit(0))).code, 'SLUICE_OFFLOAD_WORKER_EXITED');
  });

  test(`an error that nobody caught in a ${kind} reaches the running call as the cause`, async () => {
    await using work = offload<Failures>(failuresUrl, { kind, threads: 1 });
    const crash = await rejection(work.crashLater());
    assert.equal(crash.code, 'SLUICE_OFFLOAD_WORKER_CRASHED');
    assert.equal((crash.cause as Error).name, 'RangeError');
    const unhandled = await rejection(work.rejectUnseen());
    assert.equal(unhandled.code, 'SLUICE_OFFLOAD_WORKER_CRASHED');
    assert.match(unhandled.message, /nobody awaited this/);
  });

  test(`a ${kind} that crashes with nothing to do warns, and the next call has a new one`, async () => {
    await using work = offload<Failures>(failuresUrl, { kind, threads: 1 });
    const warned = once(process, 'warning');
    assert.equal(await work.crashAfterwards(), 'fine');
    const [warning] = (await warned) as [Error & { code?: string }];
    assert.equal(warning.code, 'SLUICE_OFFLOAD_WORKER_EXITED');
    assert.match(warning.message, /had no call to run when it crashed: too late/);
    assert.match((await rejection(work.failLater('next'))).message, /next/);
  });

  test(`a ${kind} that cannot start fails each call, and does not start for ever`, async () => {
    await using work = offload<Sums>(sumsUrl, {
      kind,
      threads: 1,
      execArgv: ['--import', 'data:text/javascript,throw 1'],
    });
    const errors = await Promise.all(Array.from({ length: 3 }, () => rejection(work.add(1, 1))));
    for (const error of errors) {
      assert.ok(error instanceof OffloadError);
      assert.match(error.code, /WORKER_(CRASHED|EXITED)$/);
    }
    assert.equal(offloadStatistics(work)?.workers, 0);
  });
}

test('flags that a thread refuses fail the call', async () => {
  await using work = offload<Sums>(sumsUrl, { threads: 1, execArgv: ['--no-such-flag'] });
  const error = await rejection(work.add(1, 1));
  assert.equal(error.code, 'SLUICE_OFFLOAD_WORKER_CRASHED');
  assert.match(error.message, /could not be started/);
});

test('a thread beyond its memory fails its call, and the program goes on', async () => {
  await using work = offload<Failures>(failuresUrl, { threads: 1, resourceLimits: { maxOldGenerationSizeMb: 32 } });
  const error = await rejection(work.eatMemory());
  assert.equal(error.code, 'SLUICE_OFFLOAD_OUT_OF_MEMORY');
  assert.match((await rejection(work.failLater('alive'))).message, /alive/);
});

test('a process that aborts leaves this one alone', async () => {
  await using work = offload<Failures>(failuresUrl, { kind: 'process', threads: 1 });
  const error = await rejection(work.abort());
  assert.equal(error.code, 'SLUICE_OFFLOAD_WORKER_EXITED');
  assert.match(error.message, /SIGABRT/);
});

test('a pool works through many calls while its workers keep dying', async () => {
  await using work = offload<Failures & Sums>(failuresUrl, { threads: 2 });
  const results = await Promise.all(
    Array.from({ length: 60 }, (_, index) => rejection(index % 10 === 3 ? work.exit(1) : work.failLater(`${index}`))),
  );
  for (const [index, error] of results.entries()) {
    if (index % 10 === 3) assert.equal(error.code, 'SLUICE_OFFLOAD_WORKER_EXITED');
    else assert.equal(error.message, `${index}`);
  }
});
