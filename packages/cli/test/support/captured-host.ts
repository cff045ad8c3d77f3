import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runCommandLine } from '../../src/command-line.ts';

/** Runs a command line in this process and gives what it wrote. */
export async function capture(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const written = [text(stdout), text(stderr)] as const;
  const code = await runCommandLine({ args, stdout, stderr, env: {} });
  stdout.end();
  stderr.end();
  return { code, stdout: await written[0], stderr: await written[1] };
}
