import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PROGRAM = fileURLToPath(new URL('../support/logging-program.ts', import.meta.url));

/** What the program's log looks like on a pseudo-terminal, made by script(1). */
async function onTerminal(environment: NodeJS.ProcessEnv): Promise<string> {
  const command = `'${process.execPath}' --conditions=@sluice/source '${PROGRAM}' stderr 2 exit`;
  const { FORCE_COLOR, NO_COLOR, NODE_OPTIONS, ...rest } = process.env;
  const { stdout } = await promisify(execFile)('script', ['-qec', command, '/dev/null'], {
    env: { ...rest, TERM: 'xterm', ...environment },
  });
  return stdout.replaceAll('\r\n', '\n');
}

test('on a terminal lines are pretty and coloured', async () => {
  const shown = await onTerminal({});
  assert.ok(shown.startsWith('\x1b[2m'), shown);
  assert.equal(
    shown.split('\n').filter((line) => line.includes('\x1b[32mINFO \x1b[39m \x1b[1mline\x1b[22m')).length,
    2,
  );
});

test('NO_COLOR keeps them pretty, without colour', async () => {
  const shown = await onTerminal({ NO_COLOR: '1' });
  assert.match(
    shown,
    /^\d\d:\d\d:\d\d\.\d{3} INFO {2}line {2}n=0 more=""\n\d\d:\d\d:\d\d\.\d{3} INFO {2}line {2}n=1 more=""\n/,
  );
});
