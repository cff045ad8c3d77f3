import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineJob, from } from '@sluice/engine';
import { type LedgerError, openLedger } from '@sluice/ledger';
import { assembleRun } from '../support/assemble-run.ts';
import { cutAtEnd } from '../support/start.ts';
import { statesIn } from '../support/states-in.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

const NEW_RUN = { id: 'r1', kind: 'job', definition: '{}', seed: 1, inputFingerprint: null };

for (const idempotent of [true, false]) {
  test(`a run whose disk is full waits and says why; stopped, it ends with that error, and what was durable stays (idempotent: ${idempotent})`, async () => {
    await using folder = await temporaryFolder();
    const path = folder.path('full.db');
    const ledger = await openLedger(path, { create: NEW_RUN, maxBytes: 1_048_576 });
    let begun = 0;
    const job = defineJob({
      source: from.iterable(Array.from({ length: 5000 }, (_, index) => `item ${index}`)),
      idempotent,
      definition: {},
      step: async () => {
        begun++;
        await new Promise((resolve) => setTimeout(resolve, 1));
        return 'x'.repeat(2000);
      },
    });
    await using run = cutAtEnd(await assembleRun(job.options, ledger));
    await until('the ledger is stalled', () => run.progress().stall !== null);
    assert.match(run.progress().stall ?? '', /no space is left for it; free some, and it goes on by itself$/);
    const stalledAt = begun;
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.ok(begun - stalledAt <= 4500, 'it begins more and more');
    if (idempotent) run.drain();
    else run.cut();
    await assert.rejects(run.finished, (error) => (error as LedgerError).code === 'SLUICE_LEDGER_FULL');
    assert.ok(begun > 50 && begun < 5000, `${begun} begun`);

    const states = await statesIn(path);
    assert.ok((states.done ?? 0) > 0);
    // Made larger, the run goes on: nothing is done twice that was recorded, nothing is left out.
    const roomy = await openLedger(path);
    const to = idempotent ? 'pending' : 'in-doubt';
    await roomy.transition({ from: 'leased', to });
    const before = begun;
    await using resumed = cutAtEnd(await assembleRun(job.options, roomy));
    const report = await resumed.finished;
    assert.equal(report.progress.done + report.held, 5000);
    assert.equal(begun - before + (states.done ?? 0) + report.held, 5000);
  });
}
