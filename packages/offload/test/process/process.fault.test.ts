import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { cancelScope } from '@sluice/core';
import { closeOffload, offload, toProcess } from '@sluice/offload';
import { gone, isRunning } from '../support/is-running.ts';
import { type Failures, failuresUrl, type Sums, sumsUrl } from '../support/modules.ts';

async function fileOnceWritten(path: string): Promise<string> {
  for (;;) {
    const text = await readFile(path, 'utf8').catch(() => '');
    if (text !== '') return text;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('a cancelled process is gone when the call ends', async () => {
  await using work = offload<Sums>(sumsUrl, { kind: 'process', threads: 1 });
  const pid = await work.pid();
  await cancelScope(async (scope) => {
    setTimeout(() => scope.cancel(), 20);
    await work.spin();
  });
  assert.equal(await isRunning(pid), false);
  assert.notEqual(await work.pid(), pid);
});

test('a cancel ends a process that ignores SIGTERM, and what it has started', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'offload-'));
  try {
    const file = join(folder, 'pids');
    let pids: number[] = [];
    await cancelScope(async (scope) => {
      const call = toProcess<Failures['stubborn']>(failuresUrl, 'stubborn', file);
      pids = (await fileOnceWritten(file)).split(' ').map(Number);
      assert.deepEqual(await Promise.all(pids.map(isRunning)), [true, true]);
      scope.cancel();
      await call;
    });
    assert.equal(await isRunning(pids[0]!), false);
    await gone(pids[1]!);
  } finally {
    await closeOffload();
    await rm(folder, { recursive: true });
  }
});

test('closing a pool ends its processes, idle and busy', async () => {
  const work = offload<Sums>(sumsUrl, { kind: 'process', threads: 2 });
  const pids = await Promise.all([work.pid(), work.pid()]);
  const spinning = work.spin().catch((error: { code?: string }) => error.code);
  await work[Symbol.asyncDispose]();
  assert.equal(await spinning, 'SLUICE_OFFLOAD_CLOSED');
  assert.deepEqual(await Promise.all(pids.map(isRunning)), [false, false]);
});
