import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A running program of this folder. */
export interface ChildProgram extends AsyncDisposable {
  readonly process: ChildProcess;
  /** Resolves when it has printed this line, or has ended. */
  printed(line: string): Promise<void>;
  /** Kills it with SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Exit code; null when a signal ended it. */
  ended(): Promise<number | null>;
}

/** Runs a program of this folder on the sources. With a failpoint (`NAME:N`) it kills itself when it passes that for the Nth time. */
export function runProgram(file: string, args: readonly string[], failpoint?: string): ChildProgram {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const conditions = ['@sluice/source', ...(failpoint === undefined ? [] : ['@sluice/failpoints'])];
  const child = spawn(process.execPath, [...conditions.map((name) => `--conditions=${name}`), path, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, SLUICE_FAILPOINT: failpoint },
  });
  const lines = new Set<string>();
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => lines.add(line));
  const closed = once(child, 'close');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await closed;
  };
  return {
    process: child,
    async printed(line) {
      while (!lines.has(line) && child.exitCode === null && child.signalCode === null) {
        await Promise.race([once(reader, 'line'), closed]);
      }
    },
    kill,
    async ended() {
      await closed;
      return child.exitCode;
    },
    [Symbol.asyncDispose]: kill,
  };
}
