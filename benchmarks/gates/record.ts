/**
 * `node benchmarks/gates/record.ts [trial …]`: plays every trial of the simulator with the engine's gates and with what
 * others do, writes the table to benchmarks/results/gates-simulated.md and the pictures to docs/guide/.
 */
import { writeFileSync } from 'node:fs';
import { gates, type MakeStrategy, type PlottedRun, plot } from '@sluice/engine/simulate';
import { TRIALS } from '../../packages/engine/test/simulate/scenarios/index.ts';
import { formatMeasure, isReached, type Measure, play, type Trial } from '../../packages/engine/test/simulate/trial.ts';
import { aimd } from './peers/aimd.ts';
import { cookbook } from './peers/cookbook.ts';
import { crawlee } from './peers/crawlee.ts';
import { fixed } from './peers/fixed.ts';
import { scrapy } from './peers/scrapy.ts';

const STRATEGIES: Readonly<Record<string, MakeStrategy>> = {
  Sluice: gates,
  'fixed 10': fixed(10),
  'fixed 100': fixed(100),
  AIMD: aimd,
  'Crawlee’s rule': crawlee,
  'Scrapy’s AutoThrottle': scrapy,
  'OpenAI cookbook': cookbook,
};
const SEEDS = [1, 2, 3];
/** Trials of which a picture is kept: the guide shows them. */
const PICTURES: Readonly<Record<string, string>> = {
  capacity: 'gates-capacity',
  'capacity drop': 'gates-capacity-drop',
  'refusals, bucket of 100': 'gates-refusals',
  'announced, draft': 'gates-announced',
  tokens: 'gates-tokens',
  'many hosts': 'gates-many-hosts',
  'outage, silent': 'gates-outage',
};

/**
 * What is told about tokens only makes sense where there are tokens. Where the limit is one of hours, who does not read it makes millions of requests
 * that are refused, more than can be kept.
 */
function takesPart(name: string, trial: Trial): boolean {
  if (name === 'OpenAI cookbook') return trial.name === 'tokens';
  return name === 'Sluice' || trial.name !== 'announced, epoch seconds';
}

const chosen = process.argv.slice(2);
const parts: string[] = [];
for (const trial of TRIALS) {
  if (chosen.length > 0 && !chosen.includes(trial.name)) continue;
  const rows: string[] = [];
  const runs: PlottedRun[] = [];
  let headings: readonly Measure[] = [];
  for (const [name, make] of Object.entries(STRATEGIES)) {
    if (!takesPart(name, trial)) continue;
    const played = SEEDS.map((seed) => play(trial, make, seed, { isLarge: false }));
    headings = played[0]!.measures;
    rows.push(
      `| ${name} | ${headings.map((_, at) => cell(played.map(({ measures }) => measures[at]!))).join(' | ')} |`,
    );
    runs.push({ name, series: played[0]!.result.series });
  }
  const title = trial.make({ isLarge: false }).name;
  parts.push(
    `## ${title}\n\n| | ${headings.map(heading).join(' | ')} |\n|---|${headings.map(() => '---|').join('')}\n${rows.join('\n')}\n`,
  );
  console.log(parts.at(-1));
  const picture = PICTURES[trial.name];
  if (picture !== undefined) writeFileSync(`docs/guide/${picture}.svg`, plot(title, runs));
}
if (chosen.length === 0) {
  writeFileSync(
    'benchmarks/results/gates-simulated.md',
    `# Gates, simulated

Made by \`benchmarks/gates/record.ts\` with the simulator (\`packages/engine/src/simulate\`): virtual time, the engine's own gates, scheduler and retry
policy, no socket. The others are written from their documented rules and defaults, in \`benchmarks/gates/peers\`, and retry by the same policy.
The middle one of seeds ${SEEDS.join(', ')}; what does not reach its target is **bold**. The same seeds give the same figures on every machine.

${parts.join('\n')}`,
  );
}

function heading({ what, atLeast, atMost, unit }: Measure): string {
  const target = atLeast ?? atMost;
  if (target === undefined) return what;
  return `${what} (${atLeast === undefined ? '≤' : '≥'} ${formatMeasure({ what, unit, value: target })})`;
}

function cell(measures: readonly Measure[]): string {
  const middle = measures.toSorted((one, other) => one.value - other.value)[measures.length >> 1]!;
  const text = formatMeasure(middle);
  return isReached(middle) ? text : `**${text}**`;
}
