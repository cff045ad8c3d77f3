import { defineJob, from } from '@sluice/engine';

/** A module that starts its run when it is imported, as a script does. */
export const job = defineJob({
  source: from.iterable([1]),
  module: { url: import.meta.url, exportName: 'job' },
  step: (index: number) => index,
});

await job.run({ ledger: process.env.SLUICE_TEST_LEDGER ?? '', loops: 2 });
