import { test } from 'node:test';
import type { Ledger } from '@sluice/ledger';
import { itemContract } from './item-contract.ts';
import { recoveryContract } from './recovery-contract.ts';
import { runContract } from './run-contract.ts';
import { sourceContract } from './source-contract.ts';

/** One ledger that can be opened, closed and opened again. */
export interface LedgerHarness extends AsyncDisposable {
  /** Opens the ledger; the first call makes it. */
  open(): Promise<Ledger>;
}

/** Declares one test of the contract. */
export type Check = (sentence: string, body: (harness: LedgerHarness) => Promise<void>) => void;

/** What every ledger does, whatever it stores in. */
export function ledgerContract(name: string, harness: () => Promise<LedgerHarness>): void {
  const check: Check = (sentence, body) => {
    test(`${name}: ${sentence}`, async () => {
      await using opened = await harness();
      await body(opened);
    });
  };
  runContract(check);
  itemContract(check);
  sourceContract(check);
  recoveryContract(check);
}
