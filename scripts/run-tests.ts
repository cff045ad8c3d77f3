/** Runs the test files of a tier in processes of their own and counts. */
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { FailedFile } from './test-reporter.ts';

export interface TestCounts {
  passed: number;
  failed: number;
  skipped: number;
}

/** What belongs to each tier. */
const TIERS: Record<
  string,
  { readonly files: readonly string[]; readonly minutes: number; readonly concurrency: number }
> = {
  unit: { files: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'], minutes: 25, concurrency: 3 },
  e2e: { files: ['e2e/**/*.test.ts', 'examples/**/*.test.ts'], minutes: 15, concurrency: 1 },
  nightly: { files: ['nightly/**/*.test.ts'], minutes: 120, concurrency: 1 },
};

/**
 * Runs a tier, or the files given; no test at all, a hang and (under CI) a skipped test are failures. A file that fails beside others is run once
 * more by itself, and that counts: a busy machine is no bug. It is named, and what failed for a seed is not tried again.
 */
export async function runTests(tier: string, chosen: readonly string[] = []): Promise<TestCounts> {
  const plan = TIERS[tier];
  if (plan === undefined) throw new Error(`no such tier: ${tier}; there are ${Object.keys(TIERS).join(', ')}`);
  const files = globSync(chosen.length > 0 ? chosen : plan.files, {
    exclude: (path) => path === 'node_modules' || path === 'dist',
  }).sort();
  if (files.length === 0) {
    console.log(`${tier}: no test file`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const all = await runFiles(tier, files, plan.minutes, plan.concurrency);
  const counts = judge(all);
  for (const [file, own] of Object.entries(all.failedFiles)) {
    if (files.length === 1 || own.hasSeed || !files.includes(file)) continue;
    console.log(`\n${file} failed beside others; again, by itself`);
    const alone = judge(await runFiles(tier, [file], plan.minutes, 1));
    if (alone.failed > 0) continue;
    console.log(`~ ${file} failed beside others and passed by itself`);
    counts.passed += alone.passed - own.passed;
    counts.failed -= own.failed;
  }
  return counts;
}

/** What a run of files printed in its last line, and how it ended. */
interface Outcome {
  readonly counts: TestCounts | undefined;
  readonly failedFiles: Readonly<Record<string, FailedFile>>;
  readonly exitCode: number | null;
}

async function runFiles(
  tier: string,
  files: readonly string[],
  minutes: number,
  concurrency: number,
): Promise<Outcome> {
  const args = [
    '--conditions=@sluice/source',
    '--test',
    `--test-concurrency=${concurrency}`,
    `--test-timeout=${minutes * 30_000}`,
    '--test-reporter=./scripts/test-reporter.ts',
    '--test-reporter-destination=stdout',
    ...files,
  ];
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const timer = setTimeout(() => {
    console.log(`${tier}: not done after ${minutes} minutes; ended`);
    process.kill(-child.pid!, 'SIGKILL');
  }, minutes * 60_000);
  const stop = (): void => {
    process.kill(-child.pid!, 'SIGKILL');
    process.exit(130);
  };
  process.once('SIGINT', stop);
  let ending: Partial<Outcome> = {};
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('{"counts":')) ending = JSON.parse(line) as Partial<Outcome>;
    else console.log(line);
  }
  const exitCode = child.exitCode ?? (await new Promise<number | null>((resolve) => child.once('exit', resolve)));
  clearTimeout(timer);
  process.off('SIGINT', stop);
  return { counts: ending.counts, failedFiles: ending.failedFiles ?? {}, exitCode };
}

function judge({ counts, exitCode }: Outcome): TestCounts {
  if (counts === undefined) return { passed: 0, failed: 1, skipped: 0 };
  if (counts.passed === 0 && counts.failed === 0) return { ...counts, failed: 1 };
  if (process.env.CI === 'true' && counts.skipped > 0) {
    console.log(`${counts.skipped} tests were skipped: under CI=true that is a failure`);
    return { ...counts, failed: counts.failed + counts.skipped };
  }
  return counts.failed === 0 && exitCode !== 0 ? { ...counts, failed: 1 } : { ...counts };
}

/** The line that ends every run of tests. */
export function summaryLine({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
