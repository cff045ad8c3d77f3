import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { simulateRun } from './simulated-run.ts';

const SEEDS = 200;

test(`${SEEDS} worlds with failing servers, full disks and deaths: the ledger tells the truth about every item`, {
  timeout: 240_000,
}, async (t) => {
  await using folder = await temporaryFolder();
  let events = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    try {
      events += (await simulateRun(seed, folder.path('a.db'))).events;
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
  t.diagnostic(`${events} events`);
});

test('a seed gives the same world twice, to the last request', async () => {
  await using folder = await temporaryFolder();
  for (const seed of [1, 2, 3, 4, 5]) {
    const [one, other] = [await simulateRun(seed, folder.path('a.db')), await simulateRun(seed, folder.path('a.db'))];
    assert.deepEqual(one.trace, other.trace);
    assert.ok(one.trace.length > 20);
  }
});
