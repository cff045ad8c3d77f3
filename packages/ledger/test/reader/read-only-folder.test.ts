import assert from 'node:assert/strict';
import { chmod, readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { openLedger } from '@sluice/ledger';
import { done, item, NEW_RUN } from '../contract/samples.ts';
import { runProgram } from '../fault/child-program.ts';
import { temporaryFolder } from '../temporary-folder.ts';

test('a closed ledger can be read where nothing can be written', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('kept.run.db');
  {
    await using ledger = await openLedger(path, { create: NEW_RUN });
    await ledger.admit({ from: null, to: '1', last: true, items: [item(1)] });
    ledger.settle(done(item(1)));
  }
  await chmod(path, 0o444);
  await chmod(dirname(path), 0o555);
  try {
    await using child = runProgram('../reader/reading-program.ts', [path]);
    assert.equal(await child.ended(), 0);
    assert.deepEqual(child.lines, ['1']);
    assert.deepEqual(await readdir(dirname(path)), ['kept.run.db']);
  } finally {
    await chmod(dirname(path), 0o755);
  }
});
