import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Ending, runProgram } from '../support/run-program.ts';
import { type Entry, entries, entriesOf, temporaryFolder } from '../support/temporary-folder.ts';

const PROGRAM = new URL('../support/logging-program.ts', import.meta.url);
const LINES = 3000;

const ENDINGS: readonly [how: string, ending: string, code: number][] = [
  ['has nothing left to do', 'end', 0],
  ['calls process.exit()', 'exit', 0],
  ['throws', 'throw', 1],
  ['leaves a rejection unhandled', 'reject', 1],
  ['closes the logger', 'close', 0],
];

/** The lines are all there, in order. */
function assertWhole(lines: readonly Entry[]): void {
  assert.deepEqual(
    lines.map(({ n }) => n),
    Array.from({ length: LINES }, (_, n) => n),
  );
}

/** What the log wrote, without what Node says of an error. */
function logLines({ stderr }: Ending): Entry[] {
  return entries(stderr.slice(0, stderr.lastIndexOf('}\n') + 2).replace(/^[^{].*\n|^\n/gm, ''));
}

for (const [how, ending, code] of ENDINGS) {
  test(`a program that ${how} keeps its last lines in a file`, async () => {
    await using folder = await temporaryFolder();
    const path = folder.path('a.log');
    const program = await runProgram(PROGRAM, [path, String(LINES), ending]);
    assert.equal(program.code, code);
    assert.deepEqual(JSON.parse(program.stdout), { written: LINES, dropped: 0, buffered: 0 });
    assertWhole(await entriesOf(path));
  });

  test(`a program that ${how} keeps its last lines on standard error`, async () => {
    const program = await runProgram(PROGRAM, ['stderr', String(LINES), ending]);
    assert.equal(program.code, code);
    assertWhole(logLines(program));
  });
}

test('standard output that is a file is appended to, and nothing in it is written over', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('out');
  const descriptor = openSync(path, 'w');
  const program = await runProgram(PROGRAM, ['stdout', String(LINES), 'exit'], {
    stdio: ['ignore', descriptor, descriptor],
  });
  closeSync(descriptor);
  assert.equal(program.code, 0);
  const written = (await entriesOf(path)) as readonly unknown[];
  assert.deepEqual(written.at(-1), { written: LINES, dropped: 0, buffered: 0 });
  assertWhole(written.slice(0, -1) as Entry[]);
});

test('lines get out while the event loop is busy for ever, and kill -9 takes none of them back', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('a.log');
  const child = spawn(
    process.execPath,
    ['--conditions=@sluice/source', fileURLToPath(PROGRAM), path, String(LINES), 'busy'],
    {
      stdio: 'ignore',
    },
  );
  const exited = once(child, 'exit');
  const isWhole = async (): Promise<boolean> =>
    (await readFile(path, 'utf8').catch(() => '')).includes(`"n":${LINES - 1},`);
  while (child.exitCode === null && !(await isWhole())) await wait(20);
  child.kill('SIGKILL');
  await exited;
  assertWhole(await entriesOf(path));
});
