// How late the event loop is while every core computes: `burn` in 50 ms pieces through one pool, for some seconds, while a histogram watches the loop.
// One contender a process; prints one JSON line.
// node benchmarks/offload/loop-delay.ts idle|inline|threads|default|processes|piscina [seconds]
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { type OffloadOptions, offload } from '@sluice/offload';
import { Piscina } from 'piscina';
import { burn } from './burn.ts';

const [kind = 'threads', seconds = '5'] = process.argv.slice(2);
const PIECE_MS = 50;
const CORES = 2;
const url = new URL('./burn.ts', import.meta.url);
type Burn = typeof import('./burn.ts');

/** Keeps `workers` pieces under way until the time is up; counts the rounds that were computed. */
async function compute(workers: number, call: () => Promise<number> | number): Promise<number> {
  const until = performance.now() + Number(seconds) * 1000;
  let rounds = 0;
  const keepOneGoing = async (): Promise<void> => {
    while (performance.now() < until) {
      rounds += await call();
      // Inline, nothing else would ever get a turn.
      await wait(0);
    }
  };
  await Promise.all(Array.from({ length: workers }, keepOneGoing));
  return rounds;
}

async function watched(workers: number, call: () => Promise<number> | number): Promise<void> {
  // Workers start, modules load.
  await Promise.all(Array.from({ length: workers }, async () => call()));
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const rounds = await compute(workers, call);
  delay.disable();
  const ms = (nanoseconds: number): number => Number((nanoseconds / 1e6).toFixed(2));
  const [p50, p99, max] = [delay.percentile(50), delay.percentile(99), delay.max].map(ms);
  console.log(JSON.stringify({ p50, p99, max, roundsPerSecond: Math.round(rounds / Number(seconds)) }));
}

async function throughOffload(options: OffloadOptions): Promise<void> {
  await using work = offload<Burn>(url, options);
  await watched(CORES, () => work.burn(PIECE_MS));
}

if (kind === 'idle') await watched(CORES, () => wait(PIECE_MS, 0));
else if (kind === 'inline') await watched(CORES, () => burn(PIECE_MS));
else if (kind === 'default') await throughOffload({});
else if (kind === 'threads') await throughOffload({ threads: CORES });
else if (kind === 'processes') await throughOffload({ kind: 'process', threads: CORES });
else if (kind === 'piscina') {
  await using pool = new Piscina({ filename: url.href, minThreads: CORES, maxThreads: CORES });
  await watched(CORES, () => pool.run(PIECE_MS, { name: 'burn' }));
} else throw new Error(`no such contender: ${kind}`);
