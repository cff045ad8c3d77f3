import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A running program of this folder. */
export interface ChildProgram extends AsyncDisposable {
  readonly process: ChildProcess;
  /** Lines that it printed so far. */
  readonly lines: readonly string[];
  /** Resolves when it has printed at least this many lines, or has ended. */
  printed(count: number): Promise<void>;
  /** Kills it with SIGKILL; resolves when it is gone and its output is read. */
  kill(): Promise<void>;
  /** Exit code; null when a signal ended it. */
  ended(): Promise<number | null>;
}

/** Runs a program of this folder on the sources; `env` is added to the environment. */
export function runProgram(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProgram {
  const child = spawn(
    process.execPath,
    ['--conditions=@sluice/source', fileURLToPath(new URL(file, import.meta.url)), ...args],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    },
  );
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => lines.push(line));
  const closed = once(child, 'close');
  const program: ChildProgram = {
    process: child,
    lines,
    async printed(count) {
      while (lines.length < count && child.exitCode === null && child.signalCode === null) {
        await Promise.race([once(reader, 'line'), closed]);
      }
    },
    async kill() {
      child.kill('SIGKILL');
      await closed;
    },
    async ended() {
      await closed;
      return child.exitCode;
    },
    [Symbol.asyncDispose]: () => program.kill(),
  };
  return program;
}

/** The ids that the settling program has said to be durably settled. */
export function acknowledgedBy(child: ChildProgram): number[] {
  const lines = child.lines.filter((line) => line !== 'ready' && line !== 'complete' && line !== '');
  return lines.flatMap((line) => line.split(' ').map(Number));
}
