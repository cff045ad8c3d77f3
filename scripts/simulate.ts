/**
 * `npm run simulate -- scenario.ts [--seed 1] [--out scenario.svg]`: plays the scenario that a module exports as default, prints what came of it second
 * by second, and draws it. Virtual time: an hour takes as long as its requests.
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { gates, plot, type Scenario, type SimulationResult, simulate } from '@sluice/engine/simulate';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '1' }, out: { type: 'string' } },
});
const [file] = positionals;
if (file === undefined) {
  console.error('usage: npm run simulate -- scenario.ts [--seed 1] [--out scenario.svg]');
  process.exit(2);
}
const { default: scenario } = (await import(pathToFileURL(resolve(file)).href)) as { default?: Scenario };
if (scenario === undefined) {
  console.error(`${file} exports no scenario: write \`export default { name, hosts, … } satisfies Scenario\``);
  process.exit(2);
}
const begunAt = performance.now();
const result = simulate(scenario, gates, Number(values.seed));
const seconds = ((performance.now() - begunAt) / 1000).toFixed(1);
console.log(`${scenario.name}: ${(result.endedAtMs / 1000).toFixed(1)} s of virtual time, simulated in ${seconds} s`);
print(result);
const out = values.out ?? file.replace(/\.[jt]s$/, '.svg');
writeFileSync(out, plot(scenario.name, [{ name: 'Sluice', series: result.series }]));
console.log(`drawn in ${out}`);

function print({ series, ends, items, begun, early, maxInFlight }: SimulationResult): void {
  const step = Math.max(1, Math.ceil(series.ok.length / 20));
  console.log('    time s  in flight  goodput/s  refused/s   failed/s  waiting');
  for (let from = 0; from < series.ok.length; from += step) {
    const mean = (counts: readonly number[]): number => {
      const part = counts.slice(from, from + step);
      return part.reduce((sum, count) => sum + count, 0) / part.length;
    };
    const perSecond = 1000 / series.barMs;
    const columns = [
      (from * series.barMs) / 1000,
      mean(series.inFlight),
      mean(series.ok) * perSecond,
      mean(series.throttled) * perSecond,
      mean(series.failed) * perSecond,
    ];
    console.log(
      `${columns.map((value) => value.toFixed(1).padStart(10)).join(' ')} ${mean(series.waiting).toFixed(1).padStart(8)}`,
    );
  }
  const classes = Object.entries(ends).map(([name, count]) => `${name} ${count.toLocaleString('en')}`);
  console.log(
    `${begun.toLocaleString('en')} requests: ${classes.join(', ')}; at most ${maxInFlight} at once, ${early} before the time asked for`,
  );
  console.log(`items: ${items.ok.toLocaleString('en')} ok, ${items.failed.toLocaleString('en')} failed`);
}
