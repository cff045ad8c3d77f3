import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BadRow, bulkWrite } from '@sluice/databases';
import { describeDatabases } from '../support/test-bed.ts';

await describeDatabases(
  (bed) => {
    test('a NUL character is a bad row with a clear reason', async () => {
      await using db = await bed.connect();
      await db.execute('create table nul (id int, t text)');
      const bad: BadRow[] = [];
      const rows = [
        { id: 1, t: 'a' },
        { id: 2, t: 'b\0c' },
        { id: 3, t: 'c' },
      ];
      assert.equal((await bulkWrite(db, 'nul', rows, { onBadRow: (row) => void bad.push(row) })).written, 2);
      assert.equal(bad[0]?.index, 1);
      assert.match(bad[0]?.error.message ?? '', /NUL character, which PostgreSQL cannot store/);
    });

    test('arrays, JSON scalars, far dates and numbers that are none', async () => {
      await using db = await bed.connect();
      await db.execute('create table odd (words text[], grid int[], j jsonb, n double precision, at timestamp)');
      const row = {
        words: ['a,b', 'c "d"', null, '\\N', ''],
        grid: [
          [1, 2],
          [3, 4],
        ],
        j: true,
        n: Number.NaN,
      };
      await bulkWrite(db, 'odd', [
        { ...row, at: new Date('2024-05-06T07:08:09.123Z') },
        { ...row, at: new Date('+012345-01-01') },
      ]);
      const [first, second] = await db.query<typeof row & { at: Date }>('select * from odd order by at');
      assert.deepEqual(first, { ...row, at: new Date('2024-05-06T07:08:09.123Z') });
      assert.equal(second?.at.toISOString(), '+012345-01-01T00:00:00.000Z');
    });

    test('a foreign key that fails at the end of the statement is still found', async () => {
      await using db = await bed.connect();
      await db.execute('create table parents (id int primary key)');
      await db.execute('create table children (id int, parent int references parents)');
      await db.execute('insert into parents values (1)');
      const bad: number[] = [];
      const rows = Array.from({ length: 200 }, (_, id) => ({ id, parent: id === 77 || id === 150 ? 2 : 1 }));
      const result = await bulkWrite(db, 'children', rows, { onBadRow: ({ index }) => void bad.push(index) });
      assert.deepEqual([result.written, bad], [198, [77, 150]]);
    });

    test('what was reported as written is flushed: the connection is given back with synchronous commit on', async () => {
      await using db = await bed.connect({ pool: 1 });
      await db.execute('create table flushed (id int)');
      await bulkWrite(db, 'flushed', [{ id: 1 }]);
      assert.deepEqual(await db.query('show synchronous_commit'), [{ synchronous_commit: 'on' }]);
    });
  },
  ['postgres'],
);
