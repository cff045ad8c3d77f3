import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cancelScope, sleep, UsageError } from '@sluice/core';
import { type BadRow, bulkWrite, type Database, DatabaseError, sql } from '@sluice/databases';
import { describeDatabases } from '../support/test-bed.ts';

interface Person {
  readonly id: number;
  readonly name: string | null;
}

function* people(count: number): Generator<Person> {
  for (let id = 0; id < count; id++) yield { id, name: `person ${id}` };
}

await describeDatabases((bed) => {
  const autoName = (): string => `t_${Math.random().toString(36).slice(2)}`;

  async function table(db: Database, columns = 'id int primary key, name varchar(50) not null'): Promise<string> {
    const name = autoName();
    await db.execute(`create table ${name} (${columns})`);
    return name;
  }

  async function count(db: Database, name: string): Promise<number> {
    return (await db.one<{ n: number }>(`select count(*) as n from ${name}`)).n;
  }

  test('every row arrives, however the batches are cut', async () => {
    await using db = await bed.connect();
    for (const options of [{}, { batch: 100 }, { batch: 7 }, { batch: 5000 }]) {
      const name = await table(db);
      const result = await bulkWrite(db, name, people(2500), options);
      assert.deepEqual(result, { written: 2500, skipped: 0, bad: 0 });
      assert.deepEqual(await db.one(`select count(*) as n, min(id) as low, max(id) as high from ${name}`), {
        n: 2500,
        low: 0,
        high: 2499,
      });
    }
  });

  test('no rows are no work', async () => {
    await using db = await bed.connect();
    assert.deepEqual(await bulkWrite(db, 'not_even_a_table', []), { written: 0, skipped: 0, bad: 0 });
  });

  test('an asynchronous source is read with back-pressure and closed at the end', async () => {
    await using db = await bed.connect();
    const name = await table(db);
    let isClosed = false;
    async function* slow(): AsyncGenerator<Person> {
      try {
        for (const person of people(300)) {
          if (person.id % 100 === 0) await sleep(1);
          yield person;
        }
      } finally {
        isClosed = true;
      }
    }
    assert.equal((await bulkWrite(db, name, slow(), { batch: 50 })).written, 300);
    assert.ok(isClosed);
  });

  test('bad rows are found, named by their index and left out; all others are kept', async () => {
    await using db = await bed.connect();
    const name = await table(db);
    const rows = [...people(1000)].map((person) => {
      if (person.id === 3 || person.id === 500 || person.id === 999) return { id: person.id, name: null };
      return person.id === 700 ? { id: 699, name: 'twice' } : person;
    });
    const bad: BadRow<Person>[] = [];
    const result = await bulkWrite(db, name, rows, { onBadRow: (row) => void bad.push(row) });
    assert.deepEqual(result, { written: 996, skipped: 0, bad: 4 });
    assert.deepEqual(
      bad.map(({ index, error }) => [index, error.code]),
      [3, 500, 700, 999].map((index) => [index, 'SLUICE_DB_CONSTRAINT']),
    );
    assert.deepEqual(bad[2]?.row, { id: 699, name: 'twice' });
    assert.equal(await count(db, name), 996);
  });

  test('without onBadRow the rows before the bad one are written, it and those behind it are not', async () => {
    await using db = await bed.connect();
    const name = await table(db);
    const rows = [...people(3000)].map((person) => (person.id === 1234 ? { id: 1234, name: null } : person));
    await assert.rejects(bulkWrite(db, name, rows, { batch: 500 }), (error: unknown) => {
      assert.ok(error instanceof DatabaseError);
      assert.equal(error.code, 'SLUICE_DB_BAD_ROW');
      assert.match(error.message, /^row 1234 was refused: .* The 1234 rows before it are written/s);
      return true;
    });
    assert.equal(await count(db, name), 1234);
    assert.equal((await db.one<{ high: number }>(`select max(id) as high from ${name}`)).high, 1233);
  });

  test('a value that has no form in the database is a bad row as well', async () => {
    await using db = await bed.connect();
    const name = await table(db);
    const bad: number[] = [];
    const rows = [
      { id: 1, name: 'fine' },
      { id: 2, name: '\ud800' },
      { id: 3, name: new Date(Number.NaN) },
      { id: 4, name: Symbol('no') },
      { id: 5, name: 'fine' },
    ];
    const result = await bulkWrite(db, name, rows, { onBadRow: ({ index }) => void bad.push(index) });
    assert.deepEqual([result.written, bad], [2, [1, 2, 3]]);
  });

  test('rows that are there already are skipped with ignore, and other faults still speak', async () => {
    await using db = await bed.connect();
    const name = await table(db);
    await bulkWrite(db, name, people(10));
    const bad: number[] = [];
    const rows = [...people(20)].map((person) =>
      person.id === 15 ? { id: 15, name: null } : { ...person, name: 'new' },
    );
    const result = await bulkWrite(db, name, rows, {
      onConflict: 'ignore',
      onBadRow: ({ index }) => void bad.push(index),
    });
    assert.deepEqual([result, bad], [{ written: 9, skipped: 10, bad: 1 }, [15]]);
    assert.equal((await db.one<Person>(`select name from ${name} where id = 0`)).name, 'person 0');
  });

  test('a single row that is there already is skipped too', async () => {
    await using db = await bed.connect();
    const name = await table(db);
    await bulkWrite(db, name, people(1));
    assert.deepEqual(await bulkWrite(db, name, people(1), { onConflict: 'ignore' }), {
      written: 0,
      skipped: 1,
      bad: 0,
    });
  });

  test('with update the last row of a key wins, in one batch as over many', async () => {
    await using db = await bed.connect();
    for (const batch of [1000, 2]) {
      const name = await table(db);
      await bulkWrite(db, name, people(3));
      const rows = [
        { id: 1, name: 'first' },
        { id: 9, name: 'new' },
        { id: 1, name: 'second' },
        { id: 9, name: 'newer' },
      ];
      const result = await bulkWrite(db, name, rows, { onConflict: 'update', batch });
      assert.deepEqual(result, { written: 4, skipped: 0, bad: 0 });
      assert.deepEqual(await db.query(`select * from ${name} order by id`), [
        { id: 0, name: 'person 0' },
        { id: 1, name: 'second' },
        { id: 2, name: 'person 2' },
        { id: 9, name: 'newer' },
      ]);
    }
  });

  test('update by another key than the primary one', async () => {
    await using db = await bed.connect();
    const name = await table(db, 'id int primary key, name varchar(50) unique, v int');
    await bulkWrite(db, name, [{ id: 1, name: 'a', v: 1 }]);
    await bulkWrite(db, name, [{ id: 1, name: 'a', v: 2 }], { onConflict: 'update', key: ['name'] });
    assert.deepEqual(await db.query(`select * from ${name}`), [{ id: 1, name: 'a', v: 2 }]);
  });

  test('columns choose what is written; without them a property that appears late is a bad row, a missing one NULL', async () => {
    await using db = await bed.connect();
    const name = await table(db, 'id int, name varchar(50), v int');
    await bulkWrite(db, name, [{ id: 1, name: 'a', other: 'left out' }], { columns: ['id', 'name'] });
    const bad: number[] = [];
    await bulkWrite(db, name, [{ id: 2, name: 'b' }, { id: 3 }, { id: 4, v: 1 }], {
      onBadRow: ({ index }) => void bad.push(index),
    });
    assert.deepEqual(bad, [2]);
    assert.deepEqual(await db.query(`select id, name from ${name} order by id`), [
      { id: 1, name: 'a' },
      { id: 2, name: 'b' },
      { id: 3, name: null },
    ]);
  });

  test('a missing table or column and wrong options are told at once', async () => {
    await using db = await bed.connect();
    const name = await table(db);
    await assert.rejects(bulkWrite(db, 'no_such_table', people(1)));
    await assert.rejects(bulkWrite(db, name, [{ id: 1, nmae: 'x' }]));
    await assert.rejects(bulkWrite(db, name, people(1), { batch: 0 }), UsageError);
    await assert.rejects(bulkWrite(db, name, people(1), { onConflict: 'explode' as never }), UsageError);
    await assert.rejects(bulkWrite(db, name, [{}]), UsageError);
    const keyless = await table(db, 'id int, name varchar(50)');
    if (bed.dialect !== 'mysql')
      await assert.rejects(bulkWrite(db, keyless, people(1), { onConflict: 'update' }), UsageError);
    assert.equal(db.statistics().inUse, 0);
  });

  test('in a transaction everything is undone with it, and a bad row leaves it usable', async () => {
    await using db = await bed.connect();
    const name = await table(db);
    const undo = new Error('undo');
    await assert.rejects(
      db.tx(async (tx) => {
        const rows = [
          { id: 1, name: 'a' },
          { id: 1, name: 'twice' },
          { id: 2, name: 'b' },
        ];
        for (const onConflict of ['error', 'update', 'ignore'] as const) {
          const result = await bulkWrite(tx, name, rows, { onConflict, onBadRow: () => {} });
          assert.equal(result.written + result.skipped + result.bad, 3);
        }
        assert.equal((await tx.query(`select * from ${name}`)).length, 2);
        throw undo;
      }),
      (error) => error === undo,
    );
    assert.equal(await count(db, name), 0);
  });

  test('a cancel leaves whole batches and a clean pool', async () => {
    await using db = await bed.connect({ pool: 1 });
    const name = await table(db);
    let given = 0;
    await cancelScope(async (scope) => {
      function* counted(): Generator<Person> {
        for (const person of people(100_000)) {
          if (++given === 20_500) scope.cancel();
          yield person;
        }
      }
      await bulkWrite(db, name, counted(), { batch: 1000 });
    });
    const written = await count(db, name);
    assert.equal(written % 1000, 0);
    assert.ok(written < 21_000);
    assert.deepEqual(await bulkWrite(db, await table(db), people(10)), { written: 10, skipped: 0, bad: 0 });
  });

  test('names are quoted, reserved words and odd characters included', async () => {
    await using db = await bed.connect();
    await db.sql`create table ${sql.identifier(['select "odd`'])} (${sql.identifier(['or"der`'])} int primary key)`;
    await bulkWrite(db, ['select "odd`'], [{ 'or"der`': 1 }, { 'or"der`': 2 }], { onConflict: 'update' });
    assert.equal((await db.sql`select * from ${sql.identifier(['select "odd`'])}`).length, 2);
  });
});
