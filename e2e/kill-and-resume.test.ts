import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { openReader } from '@sluice/ledger';
import { startLabProcess } from './support/lab.ts';
import { sluice, temporaryFolder, until, wait } from './support/sluice.ts';

const ITEMS = 20_000;
const KILLS = 5;
const PER_HOST = 64;
/** Settled and not yet durable: a group commit that is being written and one that gathers, of at most 500 items each, and what came meanwhile. */
const UNCOMMITTED = 4 * 500;

test('a fetch of 20,000 URLs that is killed five times ends with one outcome an item, and the server saw no more than it must', {
  timeout: 300_000,
}, async () => {
  await using lab = await startLabProcess();
  await using folder = await temporaryFolder();
  const urls = Array.from({ length: ITEMS }, (_, index) => `${lab.url}/bytes/256?n=${index}`);
  await writeFile(folder.file('urls.txt'), urls.join('\n'));
  const args = ['fetch', 'urls.txt', '--per-host', String(PER_HOST), '--quiet'];

  for (let kill = 1; kill <= KILLS; kill++) {
    const before = await lab.total();
    const command = sluice(args, { cwd: folder.path });
    await until(async () => (await lab.total()) > before, `requests after start ${kill}`);
    await wait(Math.random() * 350);
    assert.equal(command.child.exitCode, null, 'it was to be killed in the middle');
    command.child.kill('SIGKILL');
    assert.equal((await command.ended).signal, 'SIGKILL');
  }
  const last = await sluice(args, { cwd: folder.path }).ended;
  assert.equal(last.code, 0, last.stderr);

  await using reader = await openReader(folder.file('urls.run.db'));
  const [counts] = await Array.fromAsync(
    reader.rows(
      "SELECT count(*) AS items, count(DISTINCT key) AS keys, sum(class = 'ok') AS ok, sum(state = 'done') AS done FROM outcome",
    ),
  );
  assert.deepEqual({ ...counts }, { items: ITEMS, keys: ITEMS, ok: ITEMS, done: ITEMS });
  const [requests] = await Array.fromAsync(reader.rows('SELECT sum(requests) AS total FROM attempt'));
  const { total, paths } = await lab.hits();
  const recorded = Number(requests!.total);
  console.log(
    `server saw ${total} requests, ${recorded} are recorded: ${total - recorded} were repeated after ${KILLS} kills`,
  );
  assert.ok(total >= ITEMS);
  assert.ok(total - recorded <= KILLS * (PER_HOST + UNCOMMITTED), `${total} hits, ${recorded} recorded`);
  const often = Object.entries(paths).filter(([, hits]) => hits > KILLS + 1);
  assert.deepEqual(often, []);
});
