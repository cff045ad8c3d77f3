import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gather, UsageError } from '@sluice/core';
import { to } from '@sluice/databases';
import { describeDatabases } from '../support/test-bed.ts';

await describeDatabases((bed) => {
  test('a sink opens at its first write, takes overlapping writes and closes what it opened', async () => {
    await using db = await bed.connect();
    await db.execute('create table sunk (id int primary key, name varchar(20))');
    const sink = to[bed.dialect](bed.url, { table: 'sunk', onConflict: 'update' });
    await sink.write([]);
    await gather(
      [0, 1, 2].map(
        (n) => () =>
          sink.write([
            { id: n, name: 'a' },
            { id: 9, name: `b${n}` },
          ]),
      ),
    );
    await sink.close();
    assert.deepEqual(
      (await db.query('select id from sunk order by id')).map(({ id }) => id),
      [0, 1, 2, 9],
    );
    await assert.rejects(sink.write([{ id: 5, name: 'late' }]), UsageError);
  });

  test('a sink refuses the URL of another database', async () => {
    const other = bed.dialect === 'sqlite' ? to.postgres : to.sqlite;
    const sink = other(bed.url, { table: 'sunk' });
    await assert.rejects(sink.write([{ id: 1 }]), UsageError);
    await sink.close();
  });
});
