import { openLedger } from '@sluice/ledger';
import { ledgerContract } from '../contract/ledger-contract.ts';
import { NEW_RUN } from '../contract/samples.ts';
import { temporaryFolder } from '../temporary-folder.ts';

ledgerContract('SQLite file', async () => {
  const folder = await temporaryFolder();
  return {
    open: () => openLedger(folder.path('a.run.db'), { create: NEW_RUN }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
});
