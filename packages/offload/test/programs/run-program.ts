import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

const OFFLOAD = new URL('../../src/index.ts', import.meta.url).href;
const SUMS = new URL('../modules/sums.ts', import.meta.url).href;

/** Runs a small program that has the package and `sums` at hand, and waits until it ends by itself. */
export async function runProgram(code: string): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  const head = `import { closeOffload, offload, toProcess, toThread } from ${JSON.stringify(OFFLOAD)};
    import { cancelScope, run } from '@sluice/core';
    const sums = new URL(${JSON.stringify(SUMS)});`;
  const child = spawn(process.execPath, ['--conditions=@sluice/source', '--input-type=module', '-e', head + code], {
    cwd: new URL('.', import.meta.url),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 30_000,
  });
  const exitCode = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { exitCode: await exitCode, stdout: stdout.trim(), stderr: stderr.trim() };
}
