// asyncio: asyncpg instead of a synchronous driver, aiomysql instead of pymysql. One synchronous call would block the whole loop.
// Here: one connect() for PostgreSQL, MySQL and SQLite. A cancelled query ends at the server, and a million rows go in by bulkWrite.
import { gather, run, timeout } from '@sluice/core';
import { bulkWrite, connect } from '@sluice/databases';

const url = process.argv[2] ?? 'sqlite::memory:'; // or postgres://user:password@host/database, mysql://…, env:NAME

await run(async () => {
  await using db = await connect(url, { pool: 10 });
  await db.execute('create table tutorial_people (id int primary key, name varchar(50), age int)');

  try {
    const people = Array.from({ length: 10_000 }, (_, id) => ({ id, name: `person ${id}`, age: id % 90 }));
    const { written } = await bulkWrite(db, 'tutorial_people', people);
    console.log(`${written} rows written`);

    const [adults, oldest] = await gather([
      () => db.sql<{ n: number }>`select count(*) as n from tutorial_people where age >= ${18}`,
      () => db.sql<{ age: number }>`select max(age) as age from tutorial_people`,
    ]);
    console.log(`${adults[0]!.n} adults, the oldest is ${oldest[0]!.age}`);

    await db.tx(async (tx) => {
      await tx.sql`update tutorial_people set age = age + 1 where id = ${1}`; // undone if anything in here throws or is cancelled
    });

    const pairs = timeout('200ms', () => db.query('select a.id from tutorial_people a, tutorial_people b')); // a hundred million rows
    console.log(
      await pairs.then(
        () => 'in time',
        (error: Error) => `the endless query ${error.message}`,
      ),
    ); // and at the server it has ended too
  } finally {
    await db.execute('drop table tutorial_people');
  }
});
