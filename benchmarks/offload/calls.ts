// Trivial calls through a pool of two workers: how many a second with 1,000 in flight, and how long one takes alone. Prints one JSON line.
// node benchmarks/offload/calls.ts threads|processes|toThread|piscina|piscina-10 [calls]
import { offload, toThread } from '@sluice/offload';
import { Piscina } from 'piscina';

const [client = 'threads', count = '200000'] = process.argv.slice(2);
const IN_FLIGHT = 1000;
const SERIAL = 2000;
const sumsUrl = new URL('./sums.ts', import.meta.url);
type Sums = typeof import('./sums.ts');

async function measure(calls: number, call: () => Promise<number>): Promise<void> {
  for (let round = 0; round < 2; round++) await manyCalls(Math.ceil(calls / 4), call);
  const cpuBefore = process.cpuUsage();
  const begin = performance.now();
  await manyCalls(calls, call);
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const serialBegin = performance.now();
  for (let index = 0; index < SERIAL; index++) await call();
  const serialMicroseconds = ((performance.now() - serialBegin) / SERIAL) * 1000;
  console.log(
    JSON.stringify({ callsPerSecond: calls / seconds, serialMicroseconds, cpuMicroseconds: (user + system) / calls }),
  );
}

async function manyCalls(calls: number, call: () => Promise<number>): Promise<void> {
  let left = calls;
  const caller = async (): Promise<void> => {
    while (left-- > 0) if ((await call()) !== 3) throw new Error('1 + 2 is 3');
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
}

if (client === 'threads' || client === 'processes') {
  await using work = offload<Sums>(sumsUrl, { kind: client === 'threads' ? 'thread' : 'process', threads: 2 });
  await measure(Number(count), () => work.add(1, 2));
} else if (client === 'toThread') {
  await measure(Number(count), () => toThread<Sums['add']>(sumsUrl, 'add', 1, 2));
} else if (client.startsWith('piscina')) {
  const concurrentTasksPerWorker = client === 'piscina' ? 1 : 10;
  await using pool = new Piscina({ filename: sumsUrl.href, maxThreads: 2, minThreads: 2, concurrentTasksPerWorker });
  await measure(Number(count), () => pool.run([1, 2]));
} else throw new Error(`no such client: ${client}`);
