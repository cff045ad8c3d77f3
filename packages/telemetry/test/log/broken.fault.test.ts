import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createLogger } from '@sluice/telemetry';
import { runProgram } from '../support/run-program.ts';
import { entriesOf, temporaryFolder } from '../support/temporary-folder.ts';

const PROGRAM = new URL('../support/logging-program.ts', import.meta.url);

test('a pipe whose reader has gone (EPIPE) is reported once, and the lines are counted; the program runs on', async () => {
  const child = spawn(
    process.execPath,
    ['--conditions=@sluice/source', fileURLToPath(PROGRAM), 'stdout', '100', 'slowly'],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  child.stdout.destroy();
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  assert.equal(code, 0);
  const [report, statistics, ...rest] = said.split('\n');
  assert.match(report!, /^sluice: cannot write the log to standard output: EPIPE.*dropped and counted$/);
  assert.deepEqual(JSON.parse(statistics!), { written: 0, dropped: 120, buffered: 0 });
  assert.deepEqual(rest, ['']);
});

test('a full disk (ENOSPC) is reported once, and the lines wait for room', async () => {
  const program = await runProgram(PROGRAM, ['/dev/full', '100', 'slowly'], { env: { FLUSH_TIMEOUT: 'short' } });
  assert.equal(program.code, 0);
  assert.match(program.stderr, /^sluice: cannot write the log to \/dev\/full: ENOSPC[^\n]*tried again[^\n]*\n$/);
  assert.deepEqual(JSON.parse(program.stdout), { written: 0, dropped: 0, buffered: 120 });
});

test('a destination that cannot be opened is reported once, and does not end the program', async () => {
  await using folder = await temporaryFolder();
  for (const [path, code] of [
    [folder.path('.'), 'EISDIR'],
    [folder.path('no/such/folder'), 'ENOENT'],
  ] as const) {
    const program = await runProgram(PROGRAM, [path, '10', 'slowly'], { env: { FLUSH_TIMEOUT: 'short' } });
    assert.equal(program.code, 0);
    assert.match(program.stderr, new RegExp(`^sluice: cannot write the log to [^\\n]*: ${code}[^\\n]*\\n$`));
    assert.equal(JSON.parse(program.stdout).written, 0);
  }
});

test('lines wait for a destination that cannot be opened yet', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('later/a.log');
  await using log = createLogger({ destination: path, flushTimeout: '20s' });
  log.info('early');
  await log.reopen();
  assert.equal(log.statistics().buffered, 1);
  await mkdir(folder.path('later'));
  await log.flush();
  assert.deepEqual(
    (await entriesOf(path)).map(({ msg }) => msg),
    ['early'],
  );
});
