import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** Debian's own Python, for which its packages of the peers are made: another one on the PATH would not have them. */
export const PYTHON = '/usr/bin/python3';

/** Runs a program to its end and gives what it printed. @throws Error when it cannot start or does not end with 0 */
export async function runProgram(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const [[code], output, complaints] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  if (code !== 0) throw new Error(`${command} ${args[0] ?? ''} ended with ${code}: ${complaints}`);
  return output;
}

/** Whether Python can import these modules; where it cannot, says which peer is left out and how to get it. */
export async function hasPython(modules: readonly string[], peer: string): Promise<boolean> {
  try {
    await runProgram(PYTHON, ['-c', `import ${modules.join(', ')}`]);
    return true;
  } catch {
    console.log(`${peer} is left out: ${PYTHON} cannot import ${modules.join(', ')} (apt-get install python3-…)`);
    return false;
  }
}
