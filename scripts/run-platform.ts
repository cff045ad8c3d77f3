/** Runs the core's tests on another runtime than the one of this workspace, and counts. */
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { TestCounts } from './run-tests.ts';

const MINUTES = 8;
const FILES = 'packages/core/test/**/*.test.ts';
export const CONDITION = '--conditions=@sluice/source';
const TAP = /^(?<not>not )?ok \d+ - (?<name>.*?)(?<skipped> # (?:SKIP|TODO).*)?$/;

interface Platform {
  readonly command: string;
  readonly args: readonly string[];
  /** A line that says how a test ended. */
  readonly line: RegExp;
}

export const PLATFORMS: Readonly<Record<'node' | 'bun' | 'deno', Platform>> = {
  // Node 26, from the workspace scripts/platforms: the one of the root is 24.
  node: {
    command: 'scripts/platforms/node_modules/.bin/node',
    args: [CONDITION, '--test', '--test-concurrency=2', '--test-timeout=60000', '--test-reporter=tap'],
    line: TAP,
  },
  bun: {
    command: 'node_modules/.bin/bun',
    args: ['test', CONDITION, '--timeout=60000'],
    line: /^\((?:pass|(?<not>fail)|(?<skipped>skip|todo))\) (?<name>.*?)(?: \[[\d.]+m?s\])?$/,
  },
  deno: {
    command: 'node_modules/.bin/deno',
    args: ['test', '--allow-all', '--no-check', '--no-lock', '--reporter=tap', CONDITION],
    line: TAP,
  },
};

export type PlatformName = keyof typeof PLATFORMS;

/** Runs the tests on one platform. No test at all, a hang, a skipped test and an ending with no failed test to show for it are failures. */
export async function runPlatform(name: PlatformName): Promise<TestCounts> {
  const { command, args, line } = PLATFORMS[name];
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(
    command,
    [
      ...args,
      ...globSync(FILES)
        .sort()
        .map((file) => `./${file}`),
    ],
    {
      env: { ...env, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    },
  );
  const timer = setTimeout(() => {
    console.log(`${name}: not done after ${MINUTES} minutes; ended`);
    process.kill(-child.pid!, 'SIGKILL');
  }, MINUTES * 60_000);
  const output: string[] = [];
  const failed = new Set<string>();
  const counts: TestCounts = { passed: 0, failed: 0, skipped: 0 };
  const read = async (stream: NodeJS.ReadableStream): Promise<void> => {
    for await (const text of createInterface({ input: stream })) {
      output.push(text);
      const found = line.exec(text)?.groups;
      if (found === undefined) continue;
      if (found.skipped !== undefined) counts.skipped++;
      else if (found.not === undefined) counts.passed++;
      else failed.add(found.name!); // Bun says it again at the end
    }
  };
  const exit = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('exit', resolve));
  const [exitCode] = await Promise.all([exit, read(child.stdout), read(child.stderr)]);
  clearTimeout(timer);
  const wrong = [...failed].map((test) => `failed: ${test}`);
  if (counts.skipped > 0) wrong.push(`${counts.skipped} tests were skipped`);
  if (counts.passed === 0) wrong.push('no test passed');
  if (exitCode !== 0 && failed.size === 0) wrong.push(`ended with ${exitCode}`);
  for (const text of wrong.length > 0 ? output : []) console.log(text);
  for (const text of wrong) console.log(`✖ ${name}: ${text}`);
  return { ...counts, failed: wrong.length };
}
