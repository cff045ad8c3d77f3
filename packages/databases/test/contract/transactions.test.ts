import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cancelScope, Event, gather, UsageError } from '@sluice/core';
import { type Database, DatabaseError, type Transaction } from '@sluice/databases';
import { errorCode } from '../support/error-code.ts';
import { describeDatabases } from '../support/test-bed.ts';

async function ids(db: Database, table: string): Promise<unknown[]> {
  return (await db.query(`select id from ${table} order by id`)).map(({ id }) => id);
}

await describeDatabases((bed) => {
  test('a transaction is committed when its function returns, with its value', async () => {
    await using db = await bed.connect();
    await db.execute('create table committed (id int)');
    const value = await db.tx(async (tx) => {
      await tx.execute('insert into committed values (1)');
      return 'done';
    });
    assert.equal(value, 'done');
    assert.deepEqual(await ids(db, 'committed'), [1]);
  });

  test('a throw rolls back, and the error is the one that was thrown', async () => {
    await using db = await bed.connect({ pool: 1 });
    await db.execute('create table thrown (id int)');
    const mine = new Error('mine');
    await assert.rejects(
      db.tx(async (tx) => {
        await tx.execute('insert into thrown values (1)');
        throw mine;
      }),
      (error) => error === mine,
    );
    assert.deepEqual(await ids(db, 'thrown'), []);
    assert.equal(db.statistics().opened, 1);
  });

  test('a cancel rolls back', async () => {
    await using db = await bed.connect({ pool: 1 });
    await db.execute('create table cancelled (id int)');
    await cancelScope(async (scope) => {
      await db.tx(async (tx) => {
        await tx.execute('insert into cancelled values (1)');
        scope.cancel();
        await tx.execute('insert into cancelled values (2)');
      });
    });
    assert.deepEqual(await ids(db, 'cancelled'), []);
    assert.deepEqual(db.statistics().inUse, 0);
  });

  test('a nested transaction is a savepoint', async () => {
    await using db = await bed.connect();
    await db.execute('create table nested (id int)');
    await db.tx(async (tx) => {
      await tx.execute('insert into nested values (1)');
      await assert.rejects(
        tx.tx(async (inner) => {
          await inner.execute('insert into nested values (2)');
          await inner.tx((innermost) => innermost.execute('insert into nested values (3)'));
          throw new Error('undo');
        }),
        /undo/,
      );
      await tx.tx((inner) => inner.execute('insert into nested values (4)'));
    });
    assert.deepEqual(await ids(db, 'nested'), [1, 4]);
  });

  test('a failed statement in a nested transaction leaves the outer one usable', async () => {
    await using db = await bed.connect();
    await db.execute('create table inner_failed (id int primary key)');
    await db.tx(async (tx) => {
      await tx.execute('insert into inner_failed values (1)');
      await assert.rejects(
        tx.tx((inner) => inner.execute('insert into inner_failed values (1)')),
        errorCode('SLUICE_DB_CONSTRAINT'),
      );
      await tx.execute('insert into inner_failed values (2)');
    });
    assert.deepEqual(await ids(db, 'inner_failed'), [1, 2]);
  });

  test('statements of one transaction that are begun together run one after the other', async () => {
    await using db = await bed.connect();
    const rows = await db.tx((tx) => gather([1, 2, 3].map((n) => () => tx.sql<{ n: number }>`select ${n} as n`)));
    assert.deepEqual(
      rows.map(([row]) => Number(row?.n)),
      [1, 2, 3],
    );
  });

  test('a handle ends with its function, and rests while a nested one is open', async () => {
    await using db = await bed.connect();
    let kept: Transaction | undefined;
    await db.tx(async (tx) => {
      kept = tx;
      await tx.tx(async () => {
        await assert.rejects(tx.query('select 1'), UsageError);
      });
    });
    await assert.rejects(kept!.query('select 1'), UsageError);
  });

  test('a second statement while a stream is open on the transaction is refused, not stuck', async () => {
    await using db = await bed.connect();
    await db.tx(async (tx) => {
      for await (const _row of tx.stream(bed.many)) {
        await assert.rejects(tx.query('select 1'), UsageError);
        break;
      }
      assert.equal((await tx.query('select 1 as a')).length, 1);
    });
  });

  test('the whole function is run again after a serialization failure or deadlock, as often as asked', async () => {
    await using db = await bed.connect();
    let runs = 0;
    const failure = new DatabaseError('deadlock', { code: 'SLUICE_DB_DEADLOCK' });
    const attempt = (): Promise<void> => {
      runs++;
      return Promise.reject(failure);
    };
    await assert.rejects(db.tx(attempt, { retries: 2 }), (error) => error === failure);
    assert.equal(runs, 3);
  });

  test('options of the outermost transaction are refused for a savepoint', async () => {
    await using db = await bed.connect();
    await assert.rejects(
      db.tx((tx) => tx.tx(() => Promise.resolve(), { retries: 1 })),
      UsageError,
    );
  });
});

await describeDatabases(
  (bed) => {
    test('two transactions that lock each other out both succeed in the end', async () => {
      await using db = await bed.connect();
      await db.execute('create table locks (id int primary key, v int)');
      await db.execute('insert into locks values (1, 0), (2, 0)');
      const met = [new Event(), new Event()] as const;
      const cross = (first: 0 | 1): Promise<void> =>
        db.tx(
          async (tx) => {
            await tx.sql`update locks set v = v + 1 where id = ${first + 1}`;
            met[first].set();
            await met[first === 0 ? 1 : 0].wait();
            await tx.sql`update locks set v = v + 1 where id = ${2 - first}`;
          },
          { retries: 5 },
        );
      await gather([() => cross(0), () => cross(1)]);
      assert.deepEqual(await db.query('select v from locks order by id'), [{ v: 2 }, { v: 2 }]);
    });

    test('an isolation level that does not exist is refused', async () => {
      await using db = await bed.connect();
      await assert.rejects(
        db.tx(() => Promise.resolve(), { isolation: 'chaos' as never }),
        UsageError,
      );
    });

    test('isolation levels reach the server', async () => {
      await using db = await bed.connect();
      await db.execute('create table isolated (id int)');
      const counts = await db.tx(
        async (tx) => {
          const count = async (): Promise<number> => (await tx.query('select * from isolated')).length;
          const before = await count();
          await db.execute('insert into isolated values (1)');
          return [before, await count()];
        },
        { isolation: 'repeatable read' },
      );
      assert.deepEqual(counts, [0, 0]);
    });
  },
  ['postgres', 'mysql'],
);

await describeDatabases(
  (bed) => {
    test('a COMMIT after a failed statement that was swallowed is told as the rollback that it is', async () => {
      await using db = await bed.connect();
      await db.execute('create table swallowed (id int primary key)');
      await assert.rejects(
        db.tx(async (tx) => {
          await tx.execute('insert into swallowed values (1)');
          await tx.execute('insert into swallowed values (1)').catch(() => {});
        }),
        errorCode('SLUICE_DB_TRANSACTION_ABORTED'),
      );
      assert.deepEqual(await ids(db, 'swallowed'), []);
    });
  },
  ['postgres'],
);

await describeDatabases(
  (bed) => {
    test('after a statement that commits by itself the rest is refused instead of being committed piece by piece', async () => {
      await using db = await bed.connect();
      await db.execute('create table implicit (id int) engine = InnoDB');
      await assert.rejects(
        db.tx(async (tx) => {
          await tx.execute('insert into implicit values (1)');
          await tx.execute('create table implicit_two (id int)');
          await tx.execute('insert into implicit values (2)');
        }),
        errorCode('SLUICE_DB_TRANSACTION_ABORTED'),
      );
      assert.deepEqual(await ids(db, 'implicit'), [1]);
    });
  },
  ['mysql'],
);
