import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cancelScope, gather, timeout } from '@sluice/core';
import { errorCode } from '../support/error-code.ts';
import { eventually } from '../support/eventually.ts';
import { describeDatabases } from '../support/test-bed.ts';

await describeDatabases((bed) => {
  test('a timeout ends the statement at the server before it throws', async () => {
    await using db = await bed.connect({ pool: 1 });
    await assert.rejects(
      timeout('300ms', () => db.query(bed.slow)),
      errorCode('SLUICE_TIMEOUT'),
    );
    assert.equal(await bed.slowRunning(), 0);
  });

  test('the connection of a cancelled statement is clean and used again', async () => {
    await using db = await bed.connect({ pool: 1 });
    for (let round = 0; round < 3; round++) {
      await assert.rejects(
        timeout('100ms', () => db.query(bed.slow)),
        errorCode('SLUICE_TIMEOUT'),
      );
      assert.deepEqual(await db.query('select 1 as a'), [{ a: 1 }]);
    }
    const { opened, closed, idle, inUse } = db.statistics();
    assert.deepEqual({ opened, closed, idle, inUse }, { opened: 1, closed: 0, idle: 1, inUse: 0 });
  });

  test('a cancel inside a transaction ends the statement and rolls back', async () => {
    await using db = await bed.connect({ pool: 1 });
    await db.execute('create table half_done (id int)');
    await assert.rejects(
      timeout('300ms', () =>
        db.tx(async (tx) => {
          await tx.execute('insert into half_done values (1)');
          await tx.query(bed.slow);
        }),
      ),
      errorCode('SLUICE_TIMEOUT'),
    );
    assert.equal(await bed.slowRunning(), 0);
    assert.deepEqual(await db.query('select * from half_done'), []);
  });

  test('ten statements cancelled at once all end, and none hits the statement that follows', async () => {
    await using db = await bed.connect({ pool: 10 });
    await cancelScope(async (scope) => {
      await gather([
        ...Array.from({ length: 10 }, () => () => db.query(bed.slow)),
        async () => {
          if (bed.dialect !== 'sqlite') await eventually(async () => (await bed.slowRunning()) === 10);
          scope.cancel();
        },
      ]);
    });
    assert.equal(await bed.slowRunning(), 0);
    const rows = await gather(Array.from({ length: 10 }, () => () => db.query('select 1 as a')));
    assert.deepEqual(rows.flat(), Array(10).fill({ a: 1 }));
  });

  test('in a cancelled scope nothing is sent', async () => {
    await using db = await bed.connect();
    await db.execute('create table not_sent (id int)');
    await cancelScope(async (scope) => {
      scope.cancel();
      await db.execute('insert into not_sent values (1)');
    });
    assert.deepEqual(await db.query('select * from not_sent'), []);
  });

  test('a cancel in the middle of a stream ends its statement', async () => {
    await using db = await bed.connect({ pool: 1 });
    let seen = 0;
    await cancelScope(async (scope) => {
      for await (const _row of db.stream(bed.many, [], { pageRows: 10 })) {
        seen++;
        if (seen === 25) scope.cancel();
      }
    });
    // The rest of the page was there already.
    assert.equal(seen, 30);
    assert.deepEqual(await db.query('select 1 as a'), [{ a: 1 }]);
  });
});

await describeDatabases(
  (bed) => {
    test('a scope cancelled in the middle of a long sleep frees the session at the server before it ends, and the next statement uses it', async () => {
      await using db = await bed.connect({ pool: 1 });
      const own = bed.dialect === 'postgres' ? 'select pg_backend_pid() as id' : 'select connection_id() as id';
      const session = await db.one(own);
      await cancelScope(async (scope) => {
        await gather([
          () => db.query(bed.slow),
          async () => {
            await eventually(async () => (await bed.slowRunning()) === 1);
            scope.cancel();
          },
        ]);
      });
      assert.equal(await bed.slowRunning(), 0);
      assert.deepEqual(await db.one(own), session);
      const { opened, closed, inUse } = db.statistics();
      assert.deepEqual({ opened, closed, inUse }, { opened: 1, closed: 0, inUse: 0 });
    });

    test('a database that is closed with a long sleep under way leaves nothing running at the server', async () => {
      const db = await bed.connect({ pool: 1 });
      const slow = assert.rejects(db.query(bed.slow), { code: /^SLUICE_DB_(IN_DOUBT|INTERRUPTED)$/ });
      await eventually(async () => (await bed.slowRunning()) === 1);
      await db.close({ grace: 0 });
      await slow;
      await eventually(async () => (await bed.slowRunning()) === 0);
      assert.equal(db.statistics().inUse, 0);
    });
  },
  ['postgres', 'mysql'],
);

await describeDatabases(
  (bed) => {
    test('what a cancelled UPDATE had changed is undone', async () => {
      await using db = await bed.connect({ pool: 1 });
      await db.execute('create table numbers (n int)');
      await db.execute(`insert into numbers ${bed.many.replace('100000', '2000')}`);
      await cancelScope(async (scope) => {
        setTimeout(() => scope.cancel(), 20);
        await db.execute(
          'update numbers set n = -n where (select count(*) from numbers b where b.n > numbers.n) >= 0 and n > 0',
        );
      });
      assert.deepEqual(await db.query('select count(*) as n from numbers where n < 0'), [{ n: 0 }]);
    });

    test('one long step cannot be ended: its thread is given up, and the pool goes on', async () => {
      await using db = await bed.connect({ pool: 1 });
      const step =
        'with recursive c(n) as (select 1 union all select n + 1 from c limit 20000000) select count(*) as n from c';
      const begun = performance.now();
      await assert.rejects(
        timeout('100ms', () => db.query(step)),
        errorCode('SLUICE_TIMEOUT'),
      );
      assert.ok(performance.now() - begun >= 100);
      assert.deepEqual(await db.query('select 1 as a'), [{ a: 1 }]);
    });
  },
  ['sqlite'],
);
