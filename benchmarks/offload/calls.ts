// Trivial calls through pools of two workers: how many a second with 1,000 in flight, and how long one takes alone. One JSON line a client.
// node --conditions=@sluice/source benchmarks/offload/calls.ts [calls]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { offload } from '@sluice/offload';

const CALLS = Number(process.argv[2] ?? 200_000);
const SLOW_CALLS = Math.ceil(CALLS / 10);
const IN_FLIGHT = 1000;
const SERIAL = 2000;
const sumsUrl = new URL('./sums.ts', import.meta.url);
type Sums = typeof import('./sums.ts');

async function measure(client: string, calls: number, call: () => Promise<number>): Promise<void> {
  for (let round = 0; round < 2; round++) await manyCalls(Math.ceil(calls / 4), call);
  const cpuBefore = process.cpuUsage();
  const begin = performance.now();
  await manyCalls(calls, call);
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const serialBegin = performance.now();
  for (let index = 0; index < SERIAL; index++) await call();
  const result = {
    benchmark: 'offload',
    client,
    callsPerSecond: Math.round(calls / seconds),
    serialMicroseconds: Math.round(((performance.now() - serialBegin) / SERIAL) * 10_000) / 10,
    cpuMicrosecondsPerCall: Math.round(((user + system) / calls) * 100) / 100,
  };
  console.log(JSON.stringify(result));
}

async function manyCalls(calls: number, call: () => Promise<number>): Promise<void> {
  let left = calls;
  const caller = async (): Promise<void> => {
    while (left-- > 0) if ((await call()) !== 3) throw new Error('1 + 2 is 3');
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
}

{
  await using threads = offload<Sums>(sumsUrl, { threads: 2 });
  await measure('sluice threads', CALLS, () => threads.add(1, 2));
}
{
  await using processes = offload<Sums>(sumsUrl, { kind: 'process', threads: 2 });
  await measure('sluice processes', SLOW_CALLS, () => processes.add(1, 2));
}

const piscina = await import('piscina').catch(() => undefined);
for (const concurrentTasksPerWorker of piscina === undefined ? [] : [1, 10]) {
  const pool = new piscina!.Piscina({ filename: sumsUrl.href, maxThreads: 2, minThreads: 2, concurrentTasksPerWorker });
  await measure(`piscina, ${concurrentTasksPerWorker} a worker`, CALLS, () => pool.run([1, 2]));
  await pool.destroy();
}

const script = new URL('./sums.py', import.meta.url).pathname;
const python = spawn('python3', [script, String(SLOW_CALLS), String(IN_FLIGHT), String(SERIAL)], { stdio: 'inherit' });
python.on('error', () => console.error('python3 is not here: its pools are not measured'));
await once(python, 'close');
