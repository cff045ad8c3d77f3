import { startPool } from '../gates/live/servers.ts';
import { startNginx } from '../http/nginx.ts';
import { type Comparison, type Contender, compare } from '../support/compare.ts';
import { runParts } from '../support/parts.ts';
import { contenders } from './contenders.ts';

/** Items by contender: as many as it does in a second or two. */
const COUNTS: Readonly<Record<string, number>> = {
  fetch: 20_000,
  append: 20_000,
  aiohttp: 20_000,
  'aiohttp-sqlite': 20_000,
  scrapy: 2000,
  crawlee: 1000,
};
const COUNT = 100_000;

/** Fetching a list of URLs of 1 KiB from nginx on the same machine, against what people use today. */
export async function fetchSuite(rounds: number, wanted?: string): Promise<Comparison[]> {
  return await runParts({ stored: () => stored(rounds), latency: () => latency(rounds) }, wanted);
}

async function stored(rounds: number): Promise<Comparison> {
  await using nginx = await startNginx();
  const all = await contenders();
  const chosen = [...all].map(([name, make]): Contender => make(`${nginx.plain}/1k`, COUNTS[name] ?? COUNT, 100));
  return compare('URLs of 1 KiB, concurrency 100', chosen, rounds);
}

/** Many that wait at once: the ideal is ten times 100 ms. */
async function latency(rounds: number): Promise<Comparison> {
  const server = await startPool({ meanMs: 100, variation: 0, collapseAbove: 0, slots: '1000000' });
  const all = await contenders();
  const chosen = ['go', 'sluice', 'sluice-none', 'session', 'dispatch', 'request', 'aiohttp'].flatMap((name) => {
    const make = all.get(name);
    return make === undefined ? [] : [make(server.url, 50_000, 5000)];
  });
  try {
    return compare('50,000 URLs that take 100 ms each, concurrency 5,000, wall clock 1 s at best', chosen, rounds);
  } finally {
    await server.end();
  }
}
