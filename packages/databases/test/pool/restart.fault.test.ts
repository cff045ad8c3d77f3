import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gather, timeout } from '@sluice/core';
import { connect } from '@sluice/databases';
import { errorCode } from '../support/error-code.ts';
import { eventually } from '../support/eventually.ts';
import { lingeringProxy } from '../support/lingering-proxy.ts';
import { describeDatabases } from '../support/test-bed.ts';

await describeDatabases(
  (bed) => {
    test('idle connections that the server closed are replaced without a word', async () => {
      await using db = await bed.connect({ pool: 5 });
      await gather(Array.from({ length: 5 }, () => () => db.tx((tx) => tx.query('select 1'))));
      await bed.killConnections();
      const rows = await gather(Array.from({ length: 10 }, () => () => db.query('select 1 as a')));
      assert.deepEqual(rows.flat(), Array(10).fill({ a: 1 }));
    });

    test('a connection that lay idle is asked before it is trusted', async () => {
      await using db = await bed.connect({ pool: 1, checkIdleAfter: 0 });
      for (let round = 0; round < 3; round++) {
        await bed.killConnections();
        assert.deepEqual(await db.query('select 1 as a'), [{ a: 1 }]);
      }
    });

    test('a statement whose connection breaks while the server works is in doubt', async () => {
      await using db = await bed.connect({ pool: 1 });
      const slow = assert.rejects(db.query(bed.slow), errorCode('SLUICE_DB_IN_DOUBT'));
      await eventually(async () => (await bed.slowRunning()) === 1);
      await bed.killConnections();
      await slow;
      assert.deepEqual(await db.query('select 1 as a'), [{ a: 1 }]);
    });

    test('a transaction whose connection breaks is lost, not in doubt', async () => {
      await using db = await bed.connect({ pool: 1 });
      await db.execute('create table broken_tx (id int)');
      await assert.rejects(
        db.tx(async (tx) => {
          await tx.execute('insert into broken_tx values (1)');
          await bed.killConnections();
          await tx.execute('insert into broken_tx values (2)');
        }),
        errorCode('SLUICE_DB_CONNECTION_LOST'),
      );
      assert.deepEqual(await db.query('select * from broken_tx'), []);
    });

    test('a stream whose connection breaks throws and leaves the pool whole', async () => {
      await using db = await bed.connect({ pool: 1 });
      // More than the sockets between us and the server can hold.
      const wide = `select n, repeat('x', 1000) as filler from (${bed.many}) as numbers`;
      await assert.rejects(async () => {
        let seen = 0;
        for await (const _row of db.stream(wide, [], { pageRows: 10 })) {
          if (++seen === 10) await bed.killConnections();
        }
      }, /lost/);
      assert.deepEqual(await db.query('select 1 as a'), [{ a: 1 }]);
    });

    test('connections older than their lifetime are replaced', async () => {
      await using db = await bed.connect({ pool: 1, maxLifetime: 0 });
      await db.query('select 1');
      await db.query('select 1');
      assert.equal(db.statistics().opened, 3);
    });
  },
  ['postgres', 'mysql'],
);

// MariaDB says nothing before it closes a connection.
await describeDatabases(
  (bed) => {
    test('a connection whose end the server has told is not used again, though it still looks open', async () => {
      await using proxy = await lingeringProxy(bed.url);
      await using db = await connect(proxy.url, { pool: 1 });
      const slow = assert.rejects(db.query(bed.slow), errorCode('SLUICE_DB_IN_DOUBT'));
      await eventually(async () => (await bed.slowRunning()) === 1);
      await bed.killConnections();
      await slow;
      assert.deepEqual(await timeout('10s', () => db.query('select 1 as a')), [{ a: 1 }]);
    });
  },
  ['postgres'],
);
