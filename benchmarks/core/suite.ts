/** What tasks, permits, cancels and waits of the core cost, beside what people use for the same. */
import { machine } from '../support/compare.ts';
import { runParts } from '../support/parts.ts';
import { interleaved, medianOf, medianRatio, type Rounds, type Runner } from '../support/rounds.ts';
import { bundleSize } from './bundle-size.ts';
import { asyncio, go, node } from './peers.ts';

const MILLION = 1_000_000;

/** Its parts can be run one by one: `npm run bench core:spawnJoin`. */
export async function coreSuite(rounds: number, part?: string): Promise<string[]> {
  return runParts(
    {
      spawnJoin: () => spawnJoin(rounds),
      spawnJoinInTurns: () => spawnJoinInTurns(rounds),
      mapItems: () => mapItems(rounds),
      sleeping: () => sleeping(rounds),
      permitsAlone: () => permits(rounds, 'alone'),
      permitsContended: () => permits(rounds, 'contended'),
      cancel: () => cancel(rounds),
      upkeep: () => upkeep(rounds),
      bundle,
    },
    part,
  );
}

async function spawnJoin(rounds: number): Promise<string> {
  const runners = [
    node('`Promise.all`', './spawn-join.ts', 'Promise.all', MILLION),
    node('**`taskGroup`, `spawn`**', './spawn-join.ts', 'sluice', MILLION),
    node('a promise and a context a task, nothing else', './spawn-join.ts', 'one context a task', MILLION),
    ...(await asyncio('spawn-join', MILLION, 'asyncio `TaskGroup`')),
  ];
  return costs('1,000,000 tasks that yield once, all alive at once, and joined', runners, rounds);
}

async function spawnJoinInTurns(rounds: number): Promise<string> {
  const runners = [
    node('`Promise.all`', './spawn-join.ts', 'Promise.all, in turns', MILLION),
    node('**`taskGroup`, `spawn`**', './spawn-join.ts', 'sluice, in turns', MILLION),
    node('Effect, fork and join of `yieldNow`', './spawn-join.ts', 'effect', MILLION),
    node('Effect, fork and join of the same async function', './spawn-join.ts', 'effect, async', MILLION),
    node('effection, `spawn` (10,000 tasks)', './spawn-join.ts', 'effection', 10_000),
    ...(await asyncio('spawn-join-in-turns', 200_000, 'asyncio `TaskGroup` (200,000 tasks)')),
    ...go('spawn-join', MILLION, 'Go, goroutines and a `WaitGroup`'),
  ];
  return costs(
    '1,000,000 tasks that yield once, begun by a loop that gives way after every 1,024, and joined',
    runners,
    rounds,
  );
}

async function mapItems(rounds: number): Promise<string> {
  const runners = [
    node('plain loop, 100 workers', './map-items.ts', 'plain loop', MILLION),
    node('**`map`, concurrency 100**', './map-items.ts', 'sluice', MILLION),
    node('p-map', './map-items.ts', 'p-map', MILLION),
    node('p-limit', './map-items.ts', 'p-limit', MILLION),
    node('`Effect.forEach`', './map-items.ts', 'effect', MILLION),
    ...(await asyncio('map-items', 200_000, 'asyncio `gather`, `Semaphore(100)` (200,000 items)')),
    ...go('map-items', MILLION, 'Go, a goroutine an item'),
  ];
  return costs('1,000,000 items through a function that yields once, 100 at once', runners, rounds);
}

async function permits(rounds: number, how: 'alone' | 'contended'): Promise<string> {
  const times = MILLION / 2;
  const runners = [
    node('**`Semaphore`**', './permits.ts', `sluice, ${how}`, times),
    node('async-mutex', './permits.ts', `async-mutex, ${how}`, times),
    node('p-limit', './permits.ts', `p-limit, ${how}`, times),
    node('Effect', './permits.ts', `effect, ${how}`, times),
  ];
  const title = how === 'alone' ? 'by one task alone' : 'by 100 tasks for 10 permits, held over one yield';
  return costs(`A permit taken and given back, ${title}`, runners, rounds);
}

async function cancel(rounds: number): Promise<string> {
  const runners = [
    node('**50,000 tasks**', './cancel.ts', 'sluice', 50_000),
    node('**100,000 tasks**', './cancel.ts', 'sluice', 100_000),
    node('**200,000 tasks**', './cancel.ts', 'sluice', 200_000),
    node('Effect, 100,000 fibers', './cancel.ts', 'effect', 100_000),
    ...(await asyncio('cancel', 100_000, 'asyncio, 100,000 tasks')),
  ];
  const results = await interleaved(runners, rounds);
  return section(
    'The cancel of a group of sleeping children, until all have ended',
    note(rounds),
    ['ms', 'CPU µs a child'],
    runners,
    (name) => [(medianOf(results, name, 'seconds') * 1000).toFixed(0), microseconds(results, name)],
  );
}

async function upkeep(rounds: number): Promise<string> {
  const task = (siblings: number): Runner =>
    node(`a task beside ${siblings.toLocaleString('en')} live ones`, './upkeep.ts', `siblings ${siblings}`, 200_000);
  const scope = (depth: number): Runner =>
    node(`a scope inside ${depth.toLocaleString('en')} others`, './upkeep.ts', `depth ${depth}`, 200_000);
  const runners = [task(1), task(1000), task(100_000), scope(1), scope(1000)];
  return costs('A short task or scope beside many live ones, one after the other', runners, rounds);
}

async function sleeping(rounds: number): Promise<string> {
  const runners = [
    node('**`sleep` in tasks of a group**', './sleeping.ts', 'sluice', MILLION),
    node('promises with `setTimeout`', './sleeping.ts', 'promises', MILLION),
    node('the same with an `AbortController` each (100,000)', './sleeping.ts', 'promises, AbortSignal', MILLION / 10),
    node('Effect', './sleeping.ts', 'effect', MILLION),
    ...(await asyncio('sleeping', MILLION, 'asyncio (resident)')),
    ...go('sleeping', MILLION, 'Go (resident)'),
  ];
  const results = await interleaved(runners, rounds);
  return section(
    'Bytes held a sleeping task, 1,000,000 of them',
    `${note(rounds)} Node: heap after a collection, when all have begun; others: growth of resident memory.`,
    ['bytes'],
    runners,
    (name) => [medianOf(results, name, 'bytes').toLocaleString('en')],
  );
}

async function bundle(): Promise<string> {
  const sizes = [
    ['**`taskGroup`, `map`, `timeout`**', await bundleSize('@sluice/core', ['taskGroup', 'map', 'timeout'])],
    ['effection: `run`, `spawn`, `all`, `sleep`', await bundleSize('effection', ['run', 'spawn', 'all', 'sleep'])],
    ['`Effect`', await bundleSize('effect', ['Effect'])],
  ] as const;
  return [
    '### A bundle, minified and gzipped by esbuild',
    '',
    '| | bytes |',
    '|---|---|',
    ...sizes.map(([name, bytes]) => `| ${name} | ${bytes.toLocaleString('en')} |`),
    '',
  ].join('\n');
}

async function costs(title: string, runners: readonly Runner[], rounds: number): Promise<string> {
  const results = await interleaved(runners, rounds);
  return section(title, note(rounds), ['CPU µs each', '× first', 'peak MiB'], runners, (name) => [
    microseconds(results, name),
    medianRatio(perItem(results), name, runners[0]!.name, 'cpu').toFixed(2),
    medianOf(results, name, 'peakMiB').toFixed(0),
  ]);
}

function perItem(results: Rounds): Rounds {
  return new Map(
    [...results].map(([name, rounds]) => [name, rounds.map((round) => ({ cpu: round.cpuSeconds! / round.items! }))]),
  );
}

function microseconds(results: Rounds, name: string): string {
  return (medianOf(perItem(results), name, 'cpu') * 1e6).toFixed(2);
}

function note(rounds: number): string {
  return `Median of ${rounds} rounds, a fresh process each, order turning. ${machine()}.`;
}

function section(
  title: string,
  text: string,
  columns: readonly string[],
  runners: readonly Runner[],
  figuresOf: (name: string) => readonly string[],
): string {
  return [
    `### ${title}`,
    '',
    text,
    '',
    `| | ${columns.join(' | ')} |`,
    `|---${'|---'.repeat(columns.length)}|`,
    ...runners.map(({ name }) => `| ${name} | ${figuresOf(name).join(' | ')} |`),
    '',
  ].join('\n');
}
