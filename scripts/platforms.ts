/** `npm run test:platforms [node] [bun] [deno]`: the core's tests on Node 26, Bun and Deno. `npm run test:platforms whole`: what `npm test` runs, on Node 26. */
import { spawnSync } from 'node:child_process';
import { CONDITION, PLATFORMS, type PlatformName, runPlatform } from './run-platform.ts';
import { summaryLine } from './run-tests.ts';

const all = Object.keys(PLATFORMS) as PlatformName[];
const chosen = process.argv.slice(2);
if (chosen[0] === 'whole') {
  const args = [CONDITION, 'scripts/test.ts', 'unit', ...chosen.slice(1)];
  process.exit(spawnSync(PLATFORMS.node.command, args, { stdio: 'inherit' }).status ?? 1);
}
const unknown = chosen.find((name) => !(name in PLATFORMS));
if (unknown !== undefined) throw new Error(`no such platform: ${unknown}; there are ${all.join(', ')}`);
for (const name of all.filter((each) => chosen.length === 0 || chosen.includes(each))) {
  const begunAt = performance.now();
  const counts = await runPlatform(name);
  const seconds = ((performance.now() - begunAt) / 1000).toFixed(1);
  console.log(`${counts.failed === 0 ? '✔' : '✖'} ${name}: ${summaryLine(counts)} (${seconds} s)`);
  if (counts.failed > 0) process.exitCode = 1;
}
