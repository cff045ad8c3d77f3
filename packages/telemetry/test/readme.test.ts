import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runProgram } from './support/run-program.ts';
import { entries, temporaryFolder } from './support/temporary-folder.ts';

test('the README’s example runs and logs what it says', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const [, program] = /```ts\n(.*?)```/s.exec(readme)!;
  await using folder = await temporaryFolder();
  // Outside the workspace the name leads nowhere, so the program is given the entry itself.
  const entry = pathToFileURL(fileURLToPath(import.meta.resolve('@sluice/telemetry'))).href;
  await writeFile(folder.path('example.ts'), program!.replace('@sluice/telemetry', entry));
  const { code, stderr } = await runProgram(pathToFileURL(folder.path('example.ts')));
  assert.equal(code, 0);
  const lines = entries(stderr).map(({ time, ...fields }) => fields);
  const error = lines[3]!.error as Error;
  assert.deepEqual(lines, [
    { level: 'info', port: 8080, msg: 'server is ready' },
    { level: 'debug', run: 'r1', item: 'https://a.test/', msg: 'fetching' },
    {
      level: 'info',
      run: 'r1',
      item: 'https://a.test/',
      status: 200,
      headers: { 'set-cookie': '[redacted]' },
      msg: 'fetched',
    },
    { level: 'error', table: 'users', error, msg: 'cannot load' },
  ]);
  assert.equal((error.cause as Error).message, 'duplicate key');
});
