import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that was started. */
export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Settles when stderr has a text that matches. */
  said(pattern: RegExp): Promise<void>;
}

/** Where a command is started. */
export interface StartOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
}

/** Starts the command line in a process of its own. */
export function start(args: readonly string[], options: StartOptions): Started {
  const child = spawn(process.execPath, ['--conditions=@sluice/source', MAIN, ...args], {
    cwd: options.cwd,
    env: childEnv(options.env),
  });
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  const said = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(stderr)) resolve();
      };
      child.stderr.on('data', look);
      child.once('close', () => reject(new Error(`it ended without saying ${pattern}: ${stderr}`)));
      look();
    });
  return { child, ended, said };
}

/** Runs a command to its end. */
export function sluice(args: readonly string[], options: StartOptions): Promise<Ended> {
  return start(args, options).ended;
}

/** The environment of a child: without what a test runner, npm or a terminal would change. */
export function childEnv(changes: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { NODE_TEST_CONTEXT: _, npm_command: __, FORCE_COLOR: ___, NO_COLOR: ____, ...env } = process.env;
  return { ...env, ...changes };
}
