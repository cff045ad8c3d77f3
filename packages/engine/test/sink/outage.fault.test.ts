import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { to } from '@sluice/databases';
import { outageProxy, type TemporaryDatabase, temporaryMysql, temporaryPostgres } from '@sluice/test-support';
import { defineJob, from } from '../../src/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ITEMS = 3000;

function defineFor(dialect: 'postgres' | 'mysql', open: () => Promise<TemporaryDatabase | undefined>): Promise<void> {
  return open().then((database) => {
    describe(dialect, database === undefined ? { skip: `no ${dialect} server answers here` } : {}, () => {
      test('a run whose database goes away keeps its results, and the same call hands on the rest when it is back', async () => {
        await using server = database!;
        await server.query('create table squares (n int primary key, square int)');
        await using proxy = await outageProxy(server.url);
        await using folder = await temporaryFolder();
        const ledger = folder.path('squares.run.db');
        const kept = async (): Promise<number> =>
          Number((await server.query('select count(*) as n from squares'))[0]!.n);
        let steps = 0;
        const job = (goesAwayAt: number) => {
          const sink = to[dialect](proxy.url, { table: 'squares', onConflict: 'update' });
          return defineJob({
            source: from.iterable(Array.from({ length: ITEMS }, (_, n) => n)),
            definition: { name: 'squares' },
            step: (n) => {
              steps++;
              return { n, square: n * n };
            },
            sink: {
              write: async (rows) => {
                if (rows.some(({ n }) => n === goesAwayAt)) await proxy.goDown();
                await sink.write(rows);
              },
              close: () => sink.close(),
            },
          });
        };
        await assert.rejects(job(1500).run({ ledger }), /SLUICE_DB_|lost|reach/);
        assert.equal(await kept(), 1000);
        await assert.rejects(job(-1).run({ ledger }), { code: 'SLUICE_DB_UNREACHABLE' });
        await proxy.comeBack();
        const report = await job(-1).run({ ledger });
        assert.equal(report.state, 'complete');
        assert.equal(steps, ITEMS);
        assert.equal(await kept(), ITEMS);
      });
    });
  });
}

await defineFor('postgres', temporaryPostgres);
await defineFor('mysql', temporaryMysql);
