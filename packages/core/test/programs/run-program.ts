import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of this folder from source. `onOutput` is told all that it has printed so far, each time that it prints. */
export function runProgram(
  name: string,
  options: {
    readonly args?: readonly string[];
    readonly flags?: readonly string[];
    readonly onOutput?: (output: string, child: ChildProcess) => void;
  } = {},
): Promise<Ending> {
  const file = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const flags = ['--conditions=@sluice/source', ...(options.flags ?? [])];
  const child = spawn(process.execPath, [...flags, file, ...(options.args ?? [])], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, NO_COLOR: '1' },
    timeout: 45_000,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    options.onOutput?.(stdout, child);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** Sends `signal` when the program has printed `text`; once. */
export function signalAt(text: string, signal: NodeJS.Signals): (output: string, child: ChildProcess) => void {
  let isSent = false;
  return (output, child) => {
    if (isSent || !output.includes(text)) return;
    isSent = true;
    process.kill(child.pid!, signal);
  };
}
