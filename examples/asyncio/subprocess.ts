// proc = await asyncio.create_subprocess_exec(...); out, err = await proc.communicate()
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { currentScope, run, TimeoutError, timeout } from 'sluice';

const execute = promisify(execFile);

await run(async () => {
  const { stdout } = await execute(process.execPath, ['-p', '6 * 7'], { signal: currentScope().signal });
  assert.equal(stdout, '42\n');

  // The scope's signal ends the process; what Node then throws counts as the cancellation that it is.
  const hangs = (): Promise<unknown> =>
    execute(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { signal: currentScope().signal });
  await assert.rejects(timeout('100ms', hangs), TimeoutError);

  // async for line in proc.stdout
  const lines: string[] = [];
  const child = spawn(process.execPath, ['-e', 'console.log("a\\nb")'], { signal: currentScope().signal });
  for await (const line of createInterface({ input: child.stdout })) lines.push(line);
  assert.deepEqual(lines, ['a', 'b']);
});
