import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { cancelScope, sleep } from '@sluice/core';
import { from } from '@sluice/engine';
import { allOf } from '../support/all-of.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** FIFOs are made by a program: Node has no call for it. */
async function makeFifo(path: string): Promise<void> {
  await promisify(execFile)('mkfifo', [path]);
}

test('a FIFO is read once and whole, although its facts and its count are asked for first', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('fifo');
  await makeFifo(path);
  const source = from.lines(path);
  assert.deepEqual(await source.facts(), { name: path, fingerprint: null });
  assert.equal(await source.count?.(), null);
  const reading = allOf(source.read(null));
  const writer = await open(path, 'w');
  await writer.write('a\nb\n');
  await writer.write('c');
  await writer.close();
  const items = (await reading).flatMap((batch) => batch.items);
  assert.deepEqual(
    items.map(({ position, key }) => [position, key]),
    [
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ],
  );
});

test('a cancel ends the wait for a FIFO that nobody writes to', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('fifo');
  await makeFifo(path);
  const begunAt = performance.now();
  await cancelScope(async (scope) => {
    const reading = allOf(from.lines(path).read(null));
    await sleep(50);
    scope.cancel('enough');
    await reading;
  });
  assert.ok(performance.now() - begunAt < 5000);
});
