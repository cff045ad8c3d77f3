import { test } from 'node:test';
import { temporaryFolder } from '../packages/engine/test/support/temporary-folder.ts';
import { simulateRun } from '../packages/engine/test/virtual/simulated-run.ts';

const SEEDS = 10_000;
const FIRST = 1000;

test(`${SEEDS} worlds with failing servers, full disks and deaths: the ledger tells the truth about every item`, {
  timeout: 3_600_000,
}, async (t) => {
  await using folder = await temporaryFolder();
  let events = 0;
  for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
    try {
      events += (await simulateRun(seed, folder.path('a.db'))).events;
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
  t.diagnostic(`${events} events`);
});
