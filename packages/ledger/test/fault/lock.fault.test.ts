import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { type Ledger, LedgerError, openLedger, openReader } from '@sluice/ledger';
import { NEW_RUN } from '../contract/samples.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { runProgram } from './child-program.ts';

test('a second process is refused with the pid of the first, until that one is killed', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('held.run.db');
  await using child = runProgram('./holding-program.ts', [path]);
  await child.printed(1);
  await assert.rejects(openLedger(path), (error: unknown) => {
    assert.ok(error instanceof LedgerError);
    assert.equal(error.code, 'SLUICE_LEDGER_BUSY');
    assert.match(error.message, new RegExp(`process ${child.process.pid}\\b`));
    return true;
  });
  {
    await using reader = await openReader(path);
    assert.equal((await reader.run()).ownerPid, child.process.pid, 'readers are not locked out');
  }
  await child.kill();
  await using ledger = await openLedger(path);
  assert.equal(ledger.run.ownerPid, child.process.pid, 'the run as the dead process left it');
});

test('a process that closes its ledger lets the next one in and leaves one file', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('held.run.db');
  await using child = runProgram('./holding-program.ts', [path]);
  await child.printed(1);
  child.process.kill('SIGTERM');
  assert.equal(await child.ended(), 0);
  assert.deepEqual(await readdir(dirname(path)), ['held.run.db']);
  await using ledger = await openLedger(path);
  assert.equal(ledger.run.ownerPid, null);
});

test('of many who open a ledger at once one gets it, however often it changes hands', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('fought-over.run.db');
  let holders = 0;
  let held = 0;
  const contend = async (): Promise<void> => {
    for (let round = 0; round < 8; round++) {
      const ledger = await openLedger(path, { create: NEW_RUN }).catch((error: LedgerError): Ledger | undefined => {
        assert.equal(error.code, 'SLUICE_LEDGER_BUSY', error.message);
        return undefined;
      });
      if (ledger === undefined) continue;
      assert.equal(++holders, 1, 'two hold one ledger');
      held++;
      await ledger.counts();
      holders--;
      await ledger.close();
    }
  };
  await Promise.all(Array.from({ length: 4 }, contend));
  assert.ok(held >= 2, `held ${held} times`);
});
