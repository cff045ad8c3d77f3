import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { openReader, type Row } from '@sluice/ledger';
import { allOf } from '../support/all-of.ts';
import { type GaugeServer, gaugeServer } from '../support/gauge-server.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { runProgram } from './run-program.ts';

const ITEMS = 3000;
const CHILDREN = ITEMS / 10;
const KILLS = 8;
/** Under way, or done and waiting for the next commit (at most 500 items): what a kill can make undone. */
const AT_RISK = 16 + 500;

interface Crashes extends AsyncDisposable {
  readonly server: GaugeServer;
  /** Runs the job to its end. */
  finish(inDoubt: string): Promise<void>;
  rows(sql: string): Promise<Row[]>;
}

/** Runs a job and kills it again and again at random moments. */
async function crash(method: 'GET' | 'POST', folder: TemporaryFolder): Promise<Crashes> {
  const list = folder.path('list.txt');
  const ledger = folder.path('a.db');
  await writeFile(list, Array.from({ length: ITEMS }, (_, index) => `${index + 1}`).join('\n'));
  const server = await gaugeServer((_, response) => void setTimeout(() => response.end('ok'), 12));
  const program = (inDoubt: string) => runProgram('./job-program.ts', [ledger, list, server.url, method, inDoubt]);
  const rows = async (sql: string): Promise<Row[]> => {
    await using reader = await openReader(ledger);
    return await allOf(reader.rows(sql));
  };
  let lostBefore = 0;
  for (let round = 0; round < KILLS; round++) {
    await using child = program('hold');
    await child.printed('running');
    await wait(20 + Math.random() * 180);
    await child.kill();
    assert.equal(child.process.signalCode, 'SIGKILL', 'it was killed before its end');
    const [recorded] = await rows('SELECT coalesce(sum(requests), 0) AS n FROM attempt');
    const lost = server.requests.length - (recorded!.n as number);
    assert.ok(lost - lostBefore <= AT_RISK, `kill ${round}: ${lost - lostBefore} requests have no record`);
    lostBefore = lost;
  }
  return {
    server,
    rows,
    async finish(inDoubt) {
      await using child = program(inDoubt);
      assert.equal(await child.ended(), 0);
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function hits(server: GaugeServer): Map<string, number> {
  const counts = new Map<string, number>();
  for (const request of server.requests) {
    const name = request.slice(request.indexOf('/') + 1);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

test('a job of GETs that is killed eight times ends with exactly one outcome an item, and little is asked for twice', {
  timeout: 180_000,
}, async (t) => {
  await using folder = await temporaryFolder();
  await using job = await crash('GET', folder);
  const before = job.server.requests.length;
  assert.ok(before < ITEMS + KILLS * AT_RISK);
  await job.finish('hold');
  assert.deepEqual(await job.rows('SELECT state, class, count(*) AS n FROM outcome GROUP BY 1, 2'), [
    { state: 'done', class: 'ok', n: ITEMS + CHILDREN },
  ]);
  assert.deepEqual(await job.rows('SELECT count(DISTINCT key) AS n FROM outcome'), [{ n: ITEMS + CHILDREN }]);
  const [recorded] = await job.rows('SELECT sum(requests) AS n FROM attempt');
  const lost = job.server.requests.length - (recorded!.n as number);
  t.diagnostic(`${job.server.requests.length} requests, ${lost} of them without a record after ${KILLS} kills`);
  assert.ok(lost <= KILLS * AT_RISK);
  const counts = hits(job.server);
  assert.equal(counts.size, ITEMS + CHILDREN, 'every item was asked for');
  assert.ok(Math.max(...counts.values()) <= 1 + KILLS);
});

test('a job of POSTs that is killed eight times sends none of them twice before a person has said so', {
  timeout: 180_000,
}, async (t) => {
  await using folder = await temporaryFolder();
  await using job = await crash('POST', folder);
  await job.finish('hold');
  const counts = hits(job.server);
  assert.equal(Math.max(...counts.values()), 1, 'an item was posted twice');
  const held = new Set((await job.rows("SELECT key FROM outcome WHERE state = 'in-doubt'")).map(({ key }) => key));
  t.diagnostic(`${held.size} items are held after ${KILLS} kills`);
  assert.ok(held.size > 0 && held.size <= KILLS * AT_RISK, `${held.size} held`);
  for (const { key } of await job.rows("SELECT key FROM outcome WHERE state = 'done'")) {
    assert.equal(counts.get(key as string), 1, `${String(key)} is done, but was not posted`);
  }
  const unposted = [...held].filter((key) => !counts.has(key as string));
  assert.equal(counts.size + unposted.length, (await job.rows('SELECT key FROM outcome')).length);
  assert.deepEqual(await job.rows("SELECT count(*) AS n FROM outcome WHERE state NOT IN ('done', 'in-doubt')"), [
    { n: 0 },
  ]);

  await job.finish('retry');
  assert.deepEqual(await job.rows('SELECT state, count(*) AS n FROM outcome GROUP BY state'), [
    { state: 'done', n: ITEMS + CHILDREN },
  ]);
  for (const [name, count] of hits(job.server)) {
    assert.ok(count === 1 || (count === 2 && held.has(name)), `${name} was posted ${count} times`);
  }
});
