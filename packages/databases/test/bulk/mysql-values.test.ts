import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '@sluice/core';
import { type BadRow, bulkWrite } from '@sluice/databases';
import { describeDatabases } from '../support/test-bed.ts';

await describeDatabases(
  (bed) => {
    test('LOAD DATA never changes a value silently: what does not fit is a bad row', async () => {
      await using db = await bed.connect();
      await db.execute('create table strict (id int, name varchar(3), age tinyint)');
      const bad: BadRow[] = [];
      const rows = [
        { id: 1, name: 'abc', age: 1 },
        { id: 2, name: 'too long', age: 1 },
        { id: 3, name: 'abc', age: 1000 },
        { id: 4, name: 'abc', age: 'no number' },
        { id: 5, name: 'abc', age: 5 },
      ];
      const result = await bulkWrite(db, 'strict', rows, { onBadRow: (row) => void bad.push(row) });
      assert.deepEqual(result, { written: 2, skipped: 0, bad: 3 });
      assert.deepEqual(
        bad.map(({ index, error }) => [index, error.code, error.column]),
        [
          [1, 'SLUICE_DB_VALUE', 'name'],
          [2, 'SLUICE_DB_VALUE', 'age'],
          [3, 'SLUICE_DB_VALUE', 'age'],
        ],
      );
    });

    test('bits, dates and bytes go into their columns by either way', async () => {
      await using db = await bed.connect();
      await db.execute('create table kinds (id int primary key, flags bit(4), day date, raw varbinary(10))');
      const row = { flags: 5, day: new Date('2024-05-06T07:08:09Z'), raw: Uint8Array.of(0, 9, 10, 92, 255) };
      await bulkWrite(db, 'kinds', [{ id: 1, ...row }]);
      await bulkWrite(db, 'kinds', [{ id: 2, ...row }], { onConflict: 'update' });
      for (const read of await db.query('select flags + 0 as flags, day, raw from kinds')) {
        assert.deepEqual(read, { flags: 5, day: '2024-05-06', raw: Buffer.from(row.raw) });
      }
    });

    test('a foreign key that fails is not mistaken for a row that is there already', async () => {
      await using db = await bed.connect();
      await db.execute('create table parents (id int primary key) engine = InnoDB');
      await db.execute(
        'create table children (id int primary key, parent int, foreign key (parent) references parents (id)) engine = InnoDB',
      );
      await db.execute('insert into parents values (1)');
      const rows = [
        { id: 1, parent: 1 },
        { id: 2, parent: 7 },
        { id: 1, parent: 1 },
      ];
      const bad: number[] = [];
      const result = await bulkWrite(db, 'children', rows, {
        onConflict: 'ignore',
        onBadRow: ({ index }) => void bad.push(index),
      });
      assert.deepEqual([result, bad], [{ written: 1, skipped: 1, bad: 1 }, [1]]);
    });

    test('a table without transactions is refused', async () => {
      await using db = await bed.connect();
      await db.execute('create table no_undo (id int) engine = MyISAM');
      await assert.rejects(bulkWrite(db, 'no_undo', [{ id: 1 }]), UsageError);
    });
  },
  ['mysql'],
);
