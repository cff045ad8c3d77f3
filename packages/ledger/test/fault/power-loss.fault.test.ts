import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openReader } from '@sluice/ledger';
import { all } from '../contract/samples.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { acknowledgedBy, runProgram } from './child-program.ts';
import { verifyLedger } from './verify-ledger.ts';

const ITEMS = 4000;
const LOSSES = 10;
const BLOCK = 512;

const run = promisify(execFile);

test('a loss of power takes nothing that was acknowledged, whatever of the unsynced blocks reached the disk', async (t) => {
  await using scratch = await temporaryFolder();
  const library = scratch.path('power-loss.so');
  if (!(await compiled(library))) {
    assert.ok(process.env.CI !== 'true', 'cc is missing: install gcc and libc6-dev');
    t.skip('there is no C compiler (cc) here, and the shim that tells what is synced has to be compiled');
    return;
  }
  const acknowledged = new Set<number>();
  let folder = scratch.path('disk-0');
  await mkdir(folder);
  let lost = 0;
  for (let round = 1; round <= LOSSES; round++) {
    const mirror = scratch.path(`mirror-${round}`);
    await mkdir(mirror);
    for (const name of await readdir(folder)) await writeFile(join(mirror, name), await readFile(join(folder, name)));
    await using child = runProgram('./settling-program.ts', [join(folder, 'a.run.db'), String(ITEMS)], {
      LD_PRELOAD: library,
      POWER_LOSS_FOLDER: folder,
      POWER_LOSS_MIRROR: mirror,
    });
    await child.printed(round === 1 ? 2 : 1);
    await wait(Math.random() * 600);
    await child.kill();
    for (const id of acknowledgedBy(child)) acknowledged.add(id);
    const next = scratch.path(`disk-${round}`);
    await mkdir(next);
    // Only what was synced, everything but a random part of it, or half of it by chance.
    lost += await crash(folder, mirror, next, [0, 0.9, 0.5][round % 3] as number);
    await rm(folder, { recursive: true });
    folder = next;
    await verifyLedger(join(folder, 'a.run.db'), acknowledged);
  }
  t.diagnostic(
    `${LOSSES} losses of power, ${lost} unsynced blocks lost, ${acknowledged.size} settlements acknowledged`,
  );
  assert.ok(acknowledged.size > 0);
  assert.ok(lost > 0, 'no loss of power took anything');

  const path = join(folder, 'a.run.db');
  await using last = runProgram('./settling-program.ts', [path, String(ITEMS)]);
  assert.equal(await last.ended(), 0);
  await using reader = await openReader(path);
  assert.deepEqual(await all(reader.rows('SELECT state, count(*) AS n FROM item GROUP BY state')), [
    { state: 'done', n: ITEMS + ITEMS / 5 },
  ]);
});

/**
 * What is on the disk after the power is back: every block as it was synced, but for those that reached the disk all the same, each with the
 * probability `luck`. Answers how many blocks were lost.
 */
async function crash(folder: string, mirror: string, next: string, luck: number): Promise<number> {
  let lost = 0;
  for (const name of await readdir(mirror)) {
    if (name.endsWith('.part') || name.endsWith('-shm') || name.endsWith('-lock')) continue;
    const synced = await readFile(join(mirror, name));
    const live = await readFile(join(folder, name)).catch(() => synced);
    const image = Buffer.alloc(Math.max(synced.length, live.length));
    synced.copy(image);
    let length = synced.length;
    for (let at = 0; at < live.length; at += BLOCK) {
      const block = live.subarray(at, at + BLOCK);
      if (block.equals(synced.subarray(at, at + BLOCK))) continue;
      if (Math.random() < luck) length = Math.max(length, at + block.copy(image, at));
      else lost++;
    }
    await writeFile(join(next, name), image.subarray(0, length));
  }
  return lost;
}

async function compiled(library: string): Promise<boolean> {
  const source = fileURLToPath(new URL('./power-loss.c', import.meta.url));
  try {
    await run('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
