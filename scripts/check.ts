/** `npm run check`: everything that guards what lands. Every step runs, also after one has failed; the last line counts tests and steps. */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { type PlatformName, runPlatform } from './run-platform.ts';
import { runTests, summaryLine, type TestCounts } from './run-tests.ts';

const total: TestCounts = { passed: 0, failed: 0, skipped: 0 };

function step(name: string, command: string, args: readonly string[]): void {
  const begunAt = performance.now();
  const { status } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const seconds = ((performance.now() - begunAt) / 1000).toFixed(1);
  console.log(`${status === 0 ? '✔' : '✖'} ${name} (${seconds} s)`);
  if (status === 0) total.passed++;
  else total.failed++;
}

async function tests(name: string, counting: Promise<TestCounts>): Promise<void> {
  const begunAt = performance.now();
  const counts = await counting;
  console.log(
    `${counts.failed === 0 ? '✔' : '✖'} ${name}: ${summaryLine(counts)} (${((performance.now() - begunAt) / 1000).toFixed(1)} s)`,
  );
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
}

step('types and build', 'tsc', ['-b']);
for (const project of globSync('{packages/*/test,.}/tsconfig*.json').sort()) {
  if (project.endsWith('test/tsconfig.json') || project === 'tsconfig.scripts.json')
    step(`types of ${project}`, 'tsc', ['-p', project]);
}
step('format and lint', 'biome', ['ci', '--error-on-warnings', '.']);
step('promise rules', 'oxlint', ['--type-aware']);
await tests('unit', runTests('unit'));
await tests('e2e', runTests('e2e'));
// Deno takes as long as both: `npm run test:platforms` runs it too.
const platforms: readonly PlatformName[] = ['node', 'bun'];
for (const name of platforms) await tests(`core on ${name}`, runPlatform(name));
step('unused code and dependencies', 'knip', ['--no-progress']);
for (const manifest of globSync('packages/*/package.json').sort()) {
  const folder = manifest.replace('/package.json', '');
  step(`publint ${folder}`, 'publint', [folder, '--strict']);
}
console.log(summaryLine(total));
process.exitCode = total.failed > 0 ? 1 : 0;
