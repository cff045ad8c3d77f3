import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '@sluice/core';
import { DatabaseError, sql } from '@sluice/databases';
import { errorCode } from '../support/error-code.ts';
import { describeDatabases } from '../support/test-bed.ts';

await describeDatabases((bed) => {
  test('a query gives its rows', async () => {
    await using db = await bed.connect();
    assert.deepEqual(await db.query("select 1 as a, 'x' as b, null as c"), [{ a: 1, b: 'x', c: null }]);
  });

  test('parameters are written as the database has them', async () => {
    await using db = await bed.connect();
    await db.execute('create table parameters (id int, name varchar(20))');
    const values = [1, 2].map((index) => bed.parameter(index)).join(', ');
    const { rowsAffected } = await db.execute(`insert into parameters values (${values})`, [7, "o'brien"]);
    assert.equal(rowsAffected, 1);
    assert.deepEqual(await db.query(`select * from parameters where id = ${bed.parameter(1)}`, [7]), [
      { id: 7, name: "o'brien" },
    ]);
  });

  test('a template works on every database, with pieces and names in it', async () => {
    await using db = await bed.connect();
    await db.execute(sql`create table ${sql.identifier('odd "name`')} (id int)`);
    await db.sql`insert into ${sql.identifier('odd "name`')} values (${1}), (${2}), (${3})`;
    const condition = sql`id > ${1}`;
    const rows = await db.sql`select id from ${sql.identifier('odd "name`')} where ${condition} order by id limit ${1}`;
    assert.deepEqual(rows, [{ id: 2 }]);
  });

  test('integers beyond 2^53 lose nothing', async () => {
    await using db = await bed.connect();
    await db.execute('create table big (n bigint)');
    await db.sql`insert into big values (${9_007_199_254_740_993n}), (${5n})`;
    assert.deepEqual(await db.query('select n from big order by n desc'), [{ n: 9_007_199_254_740_993n }, { n: 5 }]);
  });

  test('one wants one row, maybeOne at most one', async () => {
    await using db = await bed.connect();
    assert.deepEqual(await db.one('select 1 as a'), { a: 1 });
    assert.equal(await db.maybeOne('select 1 as a where 1 = 0'), undefined);
    await assert.rejects(db.one('select 1 as a where 1 = 0'), errorCode('SLUICE_DB_ROW_COUNT'));
    await assert.rejects(db.maybeOne('select 1 as a union all select 2'), errorCode('SLUICE_DB_ROW_COUNT'));
  });

  test('an update tells how many rows it matched, changed or not', async () => {
    await using db = await bed.connect();
    await db.execute('create table matched (id int, v int)');
    await db.execute('insert into matched values (1, 0), (2, 5), (3, 5)');
    assert.equal((await db.execute('update matched set v = 5 where id > 1')).rowsAffected, 2);
  });

  test('a unique violation has one code everywhere, and says what was violated', async () => {
    await using db = await bed.connect();
    await db.execute('create table uniq (id int primary key)');
    await db.execute('insert into uniq values (1)');
    await assert.rejects(db.execute('insert into uniq values (1)'), (error: unknown) => {
      assert.ok(error instanceof DatabaseError);
      assert.equal(error.code, 'SLUICE_DB_CONSTRAINT');
      assert.equal(error.isRetryable, false);
      assert.ok(error.constraint !== undefined || error.column === 'id');
      assert.ok(error.cause !== undefined || bed.dialect === 'sqlite');
      return true;
    });
    assert.deepEqual(await db.query('select count(*) as n from uniq'), [{ n: 1 }]);
  });

  test('bad SQL and missing tables are syntax errors', async () => {
    await using db = await bed.connect();
    await assert.rejects(db.query('selekt 1'), errorCode('SLUICE_DB_SYNTAX'));
    await assert.rejects(db.query('select * from nowhere'), errorCode('SLUICE_DB_SYNTAX'));
  });

  test('a stream gives every row, in pages', async () => {
    await using db = await bed.connect();
    let sum = 0;
    for await (const { n } of db.stream<{ n: number }>(bed.many, [], { pageRows: 1000 })) sum += n;
    assert.equal(sum, (100_000 * 100_001) / 2);
  });

  test('leaving a stream ends its statement and gives the connection back', async () => {
    await using db = await bed.connect({ pool: 1 });
    for (let round = 0; round < 3; round++) {
      for await (const { n } of db.stream<{ n: number }>(bed.many)) if (n === 700) break;
      assert.deepEqual(await db.query('select 1 as a'), [{ a: 1 }]);
    }
    assert.equal(db.statistics().opened, 1);
  });

  test('a stream of a wrong statement throws at the first row and leaves the pool whole', async () => {
    await using db = await bed.connect({ pool: 1 });
    await assert.rejects(async () => {
      for await (const _row of db.stream('select * from nowhere')) assert.fail('no row');
    }, errorCode('SLUICE_DB_SYNTAX'));
    assert.deepEqual(await db.query('select 1 as a'), [{ a: 1 }]);
  });

  test('an open transaction left by a statement is not handed to the next user', async () => {
    await using db = await bed.connect({ pool: 1 });
    await db.execute('create table leaked (id int)');
    await db.execute('begin');
    await db.execute('insert into leaked values (1)');
    // BEGIN's connection was thrown away: the INSERT went its own way and is committed, visible to others.
    assert.ok(db.statistics().closed >= 1);
    await using other = await bed.connect();
    assert.deepEqual(await other.query('select * from leaked'), [{ id: 1 }]);
  });

  test('after close every statement is refused', async () => {
    const db = await bed.connect();
    await db.close();
    await db.close();
    await assert.rejects(db.query('select 1'), errorCode('SLUICE_DB_CLOSED'));
  });

  test('misuse is told at the call', async () => {
    await using db = await bed.connect();
    await assert.rejects(db.query(5 as never), UsageError);
    await assert.rejects(bed.connect({ pool: 0 }), UsageError);
  });
});
