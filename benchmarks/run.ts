/**
 * `npm run bench [suite[:part] …] [--rounds 5]`: runs suites or parts of them, prints their tables and records them in benchmarks/results/.
 * What is measured are the built packages, as users have them.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { coreSuite } from './core/suite.ts';
import { databasesSuite } from './databases/suite.ts';
import { engineSuite } from './engine/suite.ts';
import { fetchSuite } from './fetch/suite.ts';
import { gatesSuite } from './gates/suite.ts';
import { httpSuite } from './http/suite.ts';
import { logsSuite } from './logs/suite.ts';
import { offloadSuite } from './offload/suite.ts';
import { serviceSuite } from './service/suite.ts';
import { type Comparison, table } from './support/compare.ts';
import { record } from './support/record.ts';

/** The second argument names the part that is wanted; a suite without parts does all it has. */
const SUITES: Record<string, (rounds: number, part?: string) => Promise<readonly (Comparison | string)[]>> = {
  core: coreSuite,
  engine: engineSuite,
  fetch: fetchSuite,
  gates: gatesSuite,
  http: httpSuite,
  service: serviceSuite,
  databases: databasesSuite,
  offload: offloadSuite,
  logs: logsSuite,
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' } },
});
execFileSync('npx', ['tsc', '-b'], { cwd: fileURLToPath(new URL('..', import.meta.url)), stdio: 'inherit' });
for (const wanted of positionals.length > 0 ? positionals : Object.keys(SUITES)) {
  const [name = '', part] = wanted.split(':');
  const suite = SUITES[name];
  if (suite === undefined) throw new Error(`no such suite: ${name}; there are ${Object.keys(SUITES).join(', ')}`);
  const comparisons = await suite(Number(values.rounds), part);
  const tables = comparisons.map((one) => (typeof one === 'string' ? one : table(one)));
  console.log(tables.join('\n'));
  record(new URL(`./results/${name}.md`, import.meta.url), name, tables, part === undefined);
}
