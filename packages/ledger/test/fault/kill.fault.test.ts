import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { openReader } from '@sluice/ledger';
import { all } from '../contract/samples.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { acknowledgedBy, runProgram } from './child-program.ts';
import { verifyLedger } from './verify-ledger.ts';

const ITEMS = 20_000;
const KILLS = 12;

test('kill -9 at random moments loses nothing that was acknowledged and leaves no half-written batch', async (t) => {
  await using folder = await temporaryFolder();
  const path = folder.path('killed.run.db');
  const acknowledged = new Set<number>();
  let killed = 0;
  for (let round = 0; round < KILLS; round++) {
    await using child = runProgram('./settling-program.ts', [path, String(ITEMS)]);
    // Some rounds die while the ledger is being opened, most while it is written.
    await child.printed(round % 4 === 0 ? 0 : 1);
    await wait(Math.random() * 150);
    await child.kill();
    if (child.process.signalCode === 'SIGKILL') killed++;
    for (const id of acknowledgedBy(child)) acknowledged.add(id);
    if (acknowledged.size > 0) await verifyLedger(path, acknowledged);
  }
  t.diagnostic(`${killed} kills, ${acknowledged.size} settlements acknowledged before the last one`);
  assert.ok(killed >= 10, `only ${killed} rounds were killed`);
  assert.ok(acknowledged.size > 0);

  await using last = runProgram('./settling-program.ts', [path, String(ITEMS)]);
  assert.equal(await last.ended(), 0);
  await using reader = await openReader(path);
  const run = await reader.run();
  assert.deepEqual([run.cursor, run.sourceDone, run.ownerPid], [String(ITEMS), true, null]);
  const children = ITEMS / 5;
  assert.deepEqual(
    await all(reader.rows('SELECT id > 0 AS source, state, count(*) AS n FROM item GROUP BY 1, 2 ORDER BY 1')),
    [
      { source: 0, state: 'done', n: children },
      { source: 1, state: 'done', n: ITEMS },
    ],
  );
  assert.equal((await reader.counts()).byState.done, ITEMS + children);
});
