import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { openReader } from '@sluice/ledger';
import { all } from '../contract/samples.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { runProgram } from './child-program.ts';

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
    for (const line of child.lines) {
      if (line !== 'ready' && line !== 'complete' && line !== '')
        for (const id of line.split(' ')) acknowledged.add(Number(id));
    }
    if (acknowledged.size > 0) await verify(path, acknowledged);
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

async function verify(path: string, acknowledged: ReadonlySet<number>): Promise<void> {
  await using reader = await openReader(path);
  assert.deepEqual(await all(reader.rows('PRAGMA integrity_check')), [{ integrity_check: 'ok' }]);
  const recorded = new Set((await all(reader.rows('SELECT id FROM item'))).map((row) => row.id as number));
  for (const id of acknowledged) assert.ok(recorded.has(id), `acknowledged item ${id} is not in the file`);

  const { cursor } = await reader.run();
  for (let position = 1; position <= Number(cursor ?? 0); position++) {
    assert.ok(recorded.has(position), `the cursor is ${cursor}, but item ${position} has no record`);
  }
  const halves = await all(
    reader.rows(`SELECT count(*) AS n FROM item AS parent LEFT JOIN item AS child ON child.parent = parent.id
      WHERE parent.id > 0 AND parent.id % 5 = 0 AND (parent.state = 'done') <> (child.id IS NOT NULL)`),
  );
  assert.deepEqual(halves, [{ n: 0 }], 'an outcome and what it emitted are one');
  const counted = await all(reader.rows('SELECT state, count(*) AS n FROM item GROUP BY state ORDER BY state'));
  const { byState } = await reader.counts();
  const tallied = Object.entries(byState)
    .filter(([, n]) => n > 0)
    .map(([state, n]) => ({ state, n }))
    .sort((a, b) => (a.state < b.state ? -1 : 1));
  assert.deepEqual(tallied, counted, 'the tally is what is in the file');
}
