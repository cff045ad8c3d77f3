import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeout } from '@sluice/core';
import { bulkWrite, connect, DatabaseError } from '@sluice/databases';
import { cuttingProxy } from '../support/cutting-proxy.ts';
import { eventually } from '../support/eventually.ts';
import { describeDatabases } from '../support/test-bed.ts';

function* rows(count: number): Generator<{ id: number; name: string }> {
  for (let id = 0; id < count; id++) yield { id, name: `person number ${id}` };
}

await describeDatabases(
  (bed) => {
    test('a connection that is cut in the middle of a bulk write leaves whole batches, an honest error and a pool that works', async () => {
      const { hostname, port } = new URL(bed.url);
      await using proxy = await cuttingProxy(hostname, Number(port));
      const url = new URL(bed.url);
      url.port = String(proxy.port);
      await using db = await connect(url.href, { pool: 1 });
      await using beside = await bed.connect({ pool: 1 });
      for (const bytes of [10, 20_000, 60_000, 200_000]) {
        await beside.execute('drop table if exists cut_off');
        await beside.execute('create table cut_off (id int, name varchar(50))');
        await db.query('select 1');
        proxy.cutAfter(bytes);
        await assert.rejects(bulkWrite(db, 'cut_off', rows(20_000), { batch: 500 }), (error: unknown) => {
          assert.ok(error instanceof DatabaseError);
          assert.match(error.code, /^SLUICE_DB_(IN_DOUBT|CONNECTION_LOST)$/);
          return true;
        });
        const { n } = await beside.one<{ n: number }>('select count(*) as n from cut_off');
        assert.equal(n % 500, 0);
        assert.ok(n < 20_000);
        assert.deepEqual(await db.query('select 1 as a'), [{ a: 1 }]);
      }
      assert.equal(proxy.cuts, 4);
    });

    test('a server that cannot be reached for the cancel costs the connection, not the caller', async () => {
      const { hostname, port } = new URL(bed.url);
      await using proxy = await cuttingProxy(hostname, Number(port));
      const url = new URL(bed.url);
      url.port = String(proxy.port);
      await using db = await connect(url.href, { pool: 1 });
      const slow = assert.rejects(
        timeout('200ms', () => db.query(bed.slow)),
        /longer|timed out|timeout/i,
      );
      // The next bytes through the proxy are the cancel's.
      await eventually(async () => (await bed.slowRunning()) === 1);
      proxy.cutAfter(1);
      await slow;
      assert.equal(db.statistics().inUse, 0);
      assert.deepEqual(await db.query('select 1 as a'), [{ a: 1 }]);
    });
  },
  ['postgres', 'mysql'],
);
