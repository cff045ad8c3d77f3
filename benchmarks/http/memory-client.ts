/** `node --expose-gc memory-client.ts KIND ORIGIN COUNT`: so many connections of one client to the hold server; prints what each holds of memory. */
import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { clients } from './clients.ts';

/** Connections that are there before it counts, so that code and pools are. */
const WARM = 100;

const [kind = '', origin = '', count = '0'] = process.argv.slice(2);
const total = Number(count);
const client = await clients[kind]!({ url: `${origin}/hold`, concurrency: total, bytes: 1024 });

await release(await begin(WARM));
const before = await residentKiB();
const calls = await begin(total);
const busy = await residentKiB();
await release(calls);
const idle = await residentKiB();
console.log(JSON.stringify({ busyKiB: (busy - before) / (total - WARM), idleKiB: (idle - before) / (total - WARM) }));
process.exit();

/** So many calls, all of them in the server's hands. */
async function begin(many: number): Promise<Promise<boolean>[]> {
  const begun = Array.from({ length: many }, () => client.call());
  while (Number(await ask('/held')) < many) await sleep(50);
  return begun;
}

async function release(begun: Promise<boolean>[]): Promise<void> {
  await ask('/release');
  if (!(await Promise.all(begun)).every(Boolean)) throw new Error('a call did not end well');
}

async function residentKiB(): Promise<number> {
  // Twice: what the first collection finalizes the second takes.
  for (let i = 0; i < 2; i++) {
    globalThis.gc!();
    await sleep(100);
  }
  return process.memoryUsage.rss() / 1024;
}

function ask(path: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  get(`${origin}${path}`, { agent: false }, (response) => text(response).then(resolve, reject)).on('error', reject);
  return promise;
}
