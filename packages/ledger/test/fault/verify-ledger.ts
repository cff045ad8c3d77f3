import assert from 'node:assert/strict';
import { openReader } from '@sluice/ledger';
import { all } from '../contract/samples.ts';

/** Holds what a ledger promises of the file that the settling program left, however it ended: `acknowledged` are the ids that it printed. */
export async function verifyLedger(path: string, acknowledged: ReadonlySet<number>): Promise<void> {
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
