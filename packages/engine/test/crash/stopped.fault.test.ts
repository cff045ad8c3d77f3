import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { LedgerError, openLedger, openReader } from '@sluice/ledger';
import { allOf } from '../support/all-of.ts';
import { gaugeServer } from '../support/gauge-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { runProgram } from './run-program.ts';

const ITEMS = 400;

test('a process that stands still for a while keeps its ledger, and goes on without repeating anything', async () => {
  await using folder = await temporaryFolder();
  const list = folder.path('list.txt');
  const ledger = folder.path('a.db');
  await writeFile(list, Array.from({ length: ITEMS }, (_, index) => `${index + 1}`).join('\n'));
  await using server = await gaugeServer((_, response) => void setTimeout(() => response.end('ok'), 12));
  await using child = runProgram('./job-program.ts', [ledger, list, server.url, 'POST', 'hold']);
  for (const requests of [60, 200]) {
    await until('it is in mid-run', () => server.requests.length >= requests);
    child.process.kill('SIGSTOP');
    await wait(1000);
    const before = server.requests.length;
    await assert.rejects(openLedger(ledger), (error: unknown) => {
      assert.ok(error instanceof LedgerError && error.code === 'SLUICE_LEDGER_BUSY', String(error));
      return error.message.includes(`process ${child.process.pid}`);
    });
    await wait(500);
    assert.equal(server.requests.length, before, 'it stands still');
    child.process.kill('SIGCONT');
  }
  assert.equal(await child.ended(), 0);
  await using reader = await openReader(ledger);
  const [counts] = await allOf(
    reader.rows("SELECT count(*) AS items, sum(state = 'done') AS done, sum(attempts) AS attempts FROM outcome"),
  );
  const all = ITEMS + ITEMS / 10;
  assert.deepEqual(counts, { items: all, done: all, attempts: all });
  assert.deepEqual([server.requests.length, new Set(server.requests).size], [all, all]);
  assert.deepEqual(await allOf(reader.rows('PRAGMA integrity_check')), [{ integrity_check: 'ok' }]);
});
