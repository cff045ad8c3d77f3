/** `npm run bench [suite …] [--rounds 5]`: runs suites, prints their tables and records them in benchmarks/results/. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fetchSuite } from './fetch/suite.ts';
import { serviceSuite } from './service/suite.ts';
import { type Comparison, table } from './support/compare.ts';

const SUITES: Record<string, (rounds: number) => Promise<Comparison[]>> = {
  fetch: fetchSuite,
  service: serviceSuite,
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' } },
});
for (const name of positionals.length > 0 ? positionals : Object.keys(SUITES)) {
  const suite = SUITES[name];
  if (suite === undefined) throw new Error(`no such suite: ${name}; there are ${Object.keys(SUITES).join(', ')}`);
  const comparisons = await suite(Number(values.rounds));
  const text = comparisons.map(table).join('\n');
  console.log(text);
  writeFileSync(new URL(`./results/${name}.md`, import.meta.url), `# ${name}\n\n${text}`);
}
