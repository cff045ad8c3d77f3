import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bulkWrite, connect, type Database, DatabaseError, to } from '@sluice/databases';
import { type OutageProxy, outageProxy } from '@sluice/test-support';
import { errorCode } from '../support/error-code.ts';
import { describeDatabases } from '../support/test-bed.ts';

const UNREACHABLE = errorCode('SLUICE_DB_UNREACHABLE');
/** The first to notice may have sent something already; a statement is then in doubt. */
const isAway = (error: unknown): boolean => {
  assert.ok(error instanceof DatabaseError);
  assert.match(error.code, /^SLUICE_DB_(UNREACHABLE|CONNECTION_LOST|IN_DOUBT)$/);
  return true;
};
const COUNT = 'select count(*) as n from kept';

async function tableAndProxy(direct: Database, url: string): Promise<OutageProxy> {
  await direct.execute('drop table if exists kept');
  await direct.execute('create table kept (id int primary key)');
  return await outageProxy(url);
}

function* rows(count: number): Generator<{ id: number }> {
  for (let id = 0; id < count; id++) yield { id };
}

await describeDatabases(
  (bed) => {
    test('while the server is away a query says so at once, and works again as soon as it is back', async () => {
      await using proxy = await outageProxy(bed.url);
      await using db = await connect(proxy.url, { pool: 2 });
      for (let outage = 0; outage < 3; outage++) {
        await proxy.goDown();
        await assert.rejects(db.query('select 1 as a'), isAway);
        for (let attempt = 0; attempt < 3; attempt++) await assert.rejects(db.query('select 1 as a'), UNREACHABLE);
        await proxy.comeBack();
        assert.deepEqual(await db.query('select 1 as a'), [{ a: 1 }]);
      }
      const { inUse, waiting } = db.statistics();
      assert.deepEqual({ inUse, waiting }, { inUse: 0, waiting: 0 });
    });

    test('a transaction that the server leaves is lost whole, and the next one commits when it is back', async () => {
      await using direct = await bed.connect({ pool: 1 });
      await using proxy = await tableAndProxy(direct, bed.url);
      await using db = await connect(proxy.url, { pool: 1 });
      await assert.rejects(
        db.tx(async (tx) => {
          await tx.execute('insert into kept values (1)');
          await proxy.goDown();
          await tx.execute('insert into kept values (2)');
        }),
        errorCode('SLUICE_DB_CONNECTION_LOST'),
      );
      await assert.rejects(
        db.tx(() => assert.fail('there is no connection to run this on')),
        UNREACHABLE,
      );
      await proxy.comeBack();
      await db.tx((tx) => tx.execute('insert into kept values (3)'));
      assert.deepEqual(await direct.query('select id from kept'), [{ id: 3 }]);
    });

    test('a bulk write that the server leaves has written whole batches, and can be repeated when it is back', async () => {
      await using direct = await bed.connect({ pool: 1 });
      await using proxy = await tableAndProxy(direct, bed.url);
      await using db = await connect(proxy.url, { pool: 1 });
      async function* untilItGoes(): AsyncGenerator<{ id: number }> {
        for (const row of rows(10_000)) {
          if (row.id === 5000) await proxy.goDown();
          yield row;
        }
      }
      await assert.rejects(bulkWrite(db, 'kept', untilItGoes(), { batch: 500 }), isAway);
      const { n } = await direct.one<{ n: number }>(COUNT);
      assert.equal(n % 500, 0);
      assert.ok(n <= 5000);
      await assert.rejects(bulkWrite(db, 'kept', rows(10_000)), UNREACHABLE);
      await proxy.comeBack();
      await bulkWrite(db, 'kept', rows(10_000), { onConflict: 'ignore' });
      assert.equal((await direct.one<{ n: number }>(COUNT)).n, 10_000);
    });

    test('a sink outlives an outage: the rows that it could not write are written when they are given again', async () => {
      await using direct = await bed.connect({ pool: 1 });
      await using proxy = await tableAndProxy(direct, bed.url);
      const sink = to[bed.dialect](proxy.url, { table: 'kept', onConflict: 'update' });
      try {
        await proxy.goDown();
        await assert.rejects(sink.write([{ id: 1 }]), UNREACHABLE);
        await proxy.comeBack();
        await sink.write([{ id: 1 }]);
        await proxy.goDown();
        await assert.rejects(sink.write([{ id: 2 }]), isAway);
        await proxy.comeBack();
        await sink.write([{ id: 2 }]);
      } finally {
        await sink.close();
      }
      assert.deepEqual(await direct.query('select id from kept order by id'), [{ id: 1 }, { id: 2 }]);
    });
  },
  ['postgres', 'mysql'],
);
