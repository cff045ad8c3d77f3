import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { describe, type TestContext, test } from 'node:test';
import { openReader, type Row } from '@sluice/ledger';
import { allOf } from '../support/all-of.ts';
import { type GaugeServer, gaugeServer } from '../support/gauge-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runProgram } from './run-program.ts';

const ITEMS = 200;
const TOTAL = ITEMS + ITEMS / 10;
/** Under way in the job program at most. */
const IN_FLIGHT = 16;

/** Where the process is killed, and the how manieth time it is there. `sent` is the server's: a request has come, and no answer has left. */
export type Deaths = Readonly<Record<string, readonly number[]>>;

/** Answers with 200, but to every seventh name with 503 at first: those are due again a little later. With `killAt` that request is never answered. */
async function server(killAt: number, kill: () => void): Promise<GaugeServer> {
  const seen = new Set<string>();
  let requests = 0;
  return await gaugeServer((request, response) => {
    if (++requests === killAt) {
      kill();
      return;
    }
    const name = request.url!;
    if (Number(name.slice(1)) % 7 === 0 && !seen.has(name)) response.statusCode = 503;
    seen.add(name);
    response.end('ok');
  });
}

/** Defines a test for each death: a job dies, goes on and ends, and the ledger and the server must agree about every item. */
export function testDeaths(deaths: Deaths): void {
  for (const method of ['GET', 'POST'] as const) {
    describe(`${method}: kill -9 at every named point`, { concurrency: 2 }, () => {
      for (const [point, occurrences] of Object.entries(deaths)) {
        for (const occurrence of occurrences) {
          test(`${point}, time ${occurrence}`, { timeout: 120_000 }, (t) => die(method, point, occurrence, t));
        }
      }
    });
  }
}

async function die(method: 'GET' | 'POST', point: string, occurrence: number, t: TestContext): Promise<void> {
  await using folder = await temporaryFolder();
  const list = folder.path('list.txt');
  const ledger = folder.path('a.db');
  await writeFile(list, Array.from({ length: ITEMS }, (_, index) => `${index + 1}`).join('\n'));
  const isSent = point === 'sent';
  let kill = (): void => {};
  await using gauge = await server(isSent ? occurrence : Number.NaN, () => kill());
  const program = (inDoubt: string, failpoint?: string) =>
    runProgram('./job-program.ts', [ledger, list, gauge.url, method, inDoubt], failpoint);
  const rows = async (sql: string): Promise<Row[]> => {
    await using reader = await openReader(ledger);
    return await allOf(reader.rows(sql));
  };

  await using first = program('hold', isSent ? undefined : `${point}:${occurrence}`);
  kill = () => void first.kill();
  await first.ended();
  assert.equal(first.process.signalCode, 'SIGKILL', 'it was there, and died of it');
  assert.deepEqual(await rows('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
  const [before] = await rows('SELECT coalesce(sum(requests), 0) AS n FROM attempt');
  const unrecorded = gauge.requests.length - Number(before!.n);
  const settledUnseen = await rows(
    "SELECT count(*) AS n FROM item WHERE id > 0 AND id % 10 = 0 AND state = 'done' AND NOT EXISTS (SELECT 1 FROM item AS child WHERE child.parent = item.id)",
  );
  assert.deepEqual(settledUnseen, [{ n: 0 }], 'an outcome and what it emitted are one');

  await using second = program('hold');
  assert.equal(await second.ended(), 0);
  assert.deepEqual(await rows('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
  const [recorded] = await rows('SELECT sum(requests) AS n FROM attempt');
  assert.equal(
    gauge.requests.length,
    Number(recorded!.n) + unrecorded,
    'every request but those of the moment of death is in the ledger',
  );
  assert.deepEqual(await rows('SELECT count(*) - count(DISTINCT key) AS twice FROM outcome'), [{ twice: 0 }]);
  assert.deepEqual(await rows('SELECT count(*) AS n FROM outcome WHERE position IS NOT NULL'), [{ n: ITEMS }]);
  const hits = hitsOf(gauge);
  t.diagnostic(`${unrecorded} requests without a record`);
  if (method === 'GET') {
    assert.deepEqual(await rows('SELECT state, count(*) AS n FROM outcome GROUP BY 1'), [{ state: 'done', n: TOTAL }]);
    assert.equal(hits.size, TOTAL);
    return;
  }

  const held = new Set((await rows("SELECT key FROM outcome WHERE state = 'in-doubt'")).map(({ key }) => key));
  assert.ok(held.size <= unrecorded + IN_FLIGHT, `${held.size} are held, ${unrecorded} requests have no record`);
  for (const { key, attempts } of await rows("SELECT key, attempts FROM outcome WHERE state = 'done'")) {
    assert.equal(hits.get(String(key)), Number(attempts), `${String(key)} is done: as often posted as recorded`);
  }
  for (const key of held) assert.ok((hits.get(String(key)) ?? 0) <= 2, `${String(key)} is held and posted on`);

  await using third = program('retry');
  assert.equal(await third.ended(), 0);
  assert.deepEqual(await rows('SELECT state, count(*) AS n FROM outcome GROUP BY 1'), [{ state: 'done', n: TOTAL }]);
}

function hitsOf(gauge: GaugeServer): Map<string, number> {
  const hits = new Map<string, number>();
  for (const request of gauge.requests) {
    const name = request.slice(request.indexOf('/') + 1);
    hits.set(name, (hits.get(name) ?? 0) + 1);
  }
  return hits;
}
