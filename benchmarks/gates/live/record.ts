/**
 * `node benchmarks/gates/live/record.ts [number …]`: the same gates on real servers and in the simulator, side by side: nginx with `limit_req`, and a Go server
 * with a bounded pool. Writes benchmarks/results/gates-live.md,
 * unless only some comparisons are wanted.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gates, type HostModel, simulate } from '@sluice/engine/simulate';
import { firstSteady, meanPerSecond } from '../../../packages/engine/test/simulate/measures.ts';
import { machine, median } from '../../support/compare.ts';
import { type Seen, startLimited, startPool, type WatchedServer } from './servers.ts';

interface Figure {
  readonly what: string;
  readonly unit: '/s' | '%' | 'ms';
  readonly of: (seen: Seen) => number;
}

interface Comparison {
  readonly title: string;
  readonly seconds: number;
  readonly start: () => Promise<WatchedServer>;
  readonly model: HostModel;
  readonly figures: readonly Figure[];
}

const ROUNDS = 5;
const MOST = 256;
const BEST = 50 / 0.02;
const BEST_WHILE_LOW = 5 / 0.02;
const serviceMs = { mean: 20, variation: 0.3 };
const WORK = { meanMs: serviceMs.mean, variation: serviceMs.variation };
const ON_THE_WIRE_MS = 0.5;

const goodput = (what: string, fromMs: number, toMs: number): Figure => ({
  what,
  unit: '/s',
  of: ({ ok, barMs }) => meanPerSecond(ok, barMs, fromMs, toMs),
});
const steady = (what: string, fromMs: number, perSecond: number): Figure => ({
  what,
  unit: 'ms',
  of: ({ ok, barMs }) => firstSteady(ok, barMs, fromMs, 500, perSecond),
});
const overloaded: Figure = { what: 'overloaded', unit: 'ms', of: ({ overloadedMs }) => overloadedMs };
const throttled: Figure = {
  what: 'refused after the first 10 s',
  unit: '%',
  of: ({ ok, throttled: refused, barMs }) => {
    const no = meanPerSecond(refused, barMs, 10_000, 60_000);
    return no / (no + meanPerSecond(ok, barMs, 10_000, 60_000));
  },
};

const COMPARISONS: readonly Comparison[] = [
  ...[100, 10].map(
    (burst): Comparison => ({
      title: `nginx, \`limit_req\` of 100 a second with a burst of ${burst}, refusing with 429 and Retry-After: 1, before a pool of 50`,
      seconds: 61,
      start: () => startLimited(100, burst, { ...WORK, collapseAbove: 0, slots: '50' }),
      model: {
        serviceMs,
        slots: 50,
        roundTripMs: ON_THE_WIRE_MS,
        limits: [{ kind: 'bucket', limit: 100, perMs: 1000, burst }],
      },
      figures: [goodput('goodput from 10 s to 60 s', 10_000, 60_000), throttled],
    }),
  ),
  {
    title: 'a Go server with a pool of 50 at 20 ms, collapsing above 80',
    seconds: 21,
    start: () => startPool({ ...WORK, collapseAbove: 80, slots: '50' }),
    model: { serviceMs, slots: 50, roundTripMs: ON_THE_WIRE_MS, collapse: { above: 80 } },
    figures: [
      goodput('goodput from 2 s to 20 s', 2000, 20_000),
      steady('until half a second has 95 % of the best', 0, 0.95 * BEST),
      overloaded,
    ],
  },
  {
    title: 'a Go server with a pool of 50 at 20 ms that shrinks to 5 from 10 s to 40 s',
    seconds: 51,
    start: () => startPool({ ...WORK, collapseAbove: 0, slots: '50,10000:5,40000:50' }),
    model: {
      serviceMs,
      slots: [
        { fromMs: 0, value: 50 },
        { fromMs: 10_000, value: 5 },
        { fromMs: 40_000, value: 50 },
      ],
      roundTripMs: ON_THE_WIRE_MS,
    },
    figures: [
      goodput('goodput from 2 s to 10 s', 2000, 10_000),
      goodput(`goodput from 11 s to 40 s (best ${BEST_WHILE_LOW})`, 11_000, 40_000),
      steady('after its return until half a second has 95 % of the best', 40_000, 0.95 * BEST),
      goodput('goodput from 43 s to 50 s', 43_000, 50_000),
      overloaded,
    ],
  },
];

const client = fileURLToPath(new URL('./client.ts', import.meta.url));
const parts: string[] = [];
const chosen = process.argv.slice(2).map(Number);
for (const [index, comparison] of COMPARISONS.entries()) {
  if (chosen.length > 0 && !chosen.includes(index + 1)) continue;
  const live: Seen[] = [];
  for (let round = 0; round < ROUNDS; round++) live.push(await onTheWire(comparison));
  const simulated = Array.from({ length: ROUNDS }, (_, index) => inVirtualTime(comparison, index + 1));
  const rows = comparison.figures.map((figure) => {
    const [one, other] = [live, simulated].map((all) => median(all.map(figure.of))) as [number, number];
    return `| ${figure.what} | ${shown(one, figure)} | ${shown(other, figure)} | ${apart(one, other, figure)} |`;
  });
  parts.push(`## ${comparison.title}\n\n| | live | simulated | apart |\n|---|---|---|---|\n${rows.join('\n')}\n`);
  console.log(parts.at(-1));
}
if (chosen.length === 0)
  writeFileSync(
    'benchmarks/results/gates-live.md',
    `# Gates, on real servers and in the simulator

Made by \`benchmarks/gates/live/record.ts\`: the verb \`fetch\` on an endless list with a ledger, in a process of its own, against servers on the same machine, and the simulator with
the same scenario. What the servers themselves counted. Medians of ${ROUNDS} runs and of ${ROUNDS} seeds. ${machine()}.

${parts.join('\n')}`,
  );
process.exit();

async function onTheWire({ start, seconds }: Comparison): Promise<Seen> {
  const server = await start();
  const child = spawn(process.execPath, [client, server.url, String(seconds), String(MOST)], { stdio: 'inherit' });
  const [status] = (await once(child, 'exit')) as [number | null];
  const seen = await server.end();
  if (status !== 0) throw new Error(`the client ended with ${status}`);
  return seen;
}

function inVirtualTime({ model, seconds, title }: Comparison, seed: number): Seen {
  const { series, hosts } = simulate(
    {
      name: title,
      durationMs: seconds * 1000,
      barMs: 100,
      gate: { maxConcurrency: MOST },
      hosts: () => [{ name: 'server', model, items: Number.POSITIVE_INFINITY }],
    },
    gates,
    seed,
  );
  return { ...series, overloadedMs: hosts.get('server')!.overloadedMs };
}

function shown(value: number, { unit }: Figure): string {
  if (value === Number.POSITIVE_INFINITY) return 'never';
  if (unit === '%') return `${(value * 100).toFixed(2)} %`;
  return `${Math.round(value).toLocaleString('en')} ${unit}`;
}

function apart(live: number, simulated: number, { unit }: Figure): string {
  if (unit === '%') return `${((live - simulated) * 100).toFixed(2)} points`;
  if (unit === 'ms') return `${Math.round(live - simulated).toLocaleString('en')} ms`;
  return `${((live / simulated - 1) * 100).toFixed(1)} %`;
}
