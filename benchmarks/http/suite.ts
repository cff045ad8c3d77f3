import { type Comparison, compare } from '../support/compare.ts';
import { contenders, type Task, versions } from './contenders.ts';
import { memorySuite } from './memory.ts';
import { startNginx } from './nginx.ts';

/** How many requests each does of 1 KiB; of larger bodies and over new connections a part of it. */
const COUNTS: Readonly<Record<string, number>> = {
  session: 60_000,
  raw: 60_000,
  go: 60_000,
  dispatch: 40_000,
  request: 15_000,
  bun: 20_000,
  fetch: 3000,
  aiohttp: 3000,
  got: 1000,
  axios: 1000,
  wrk: 1,
};

/** What is measured: the path, the length of its body, and by how much more a request costs than one of 1 KiB. */
interface Part {
  readonly title: string;
  readonly over: 'plain' | 'tls';
  readonly path: string;
  readonly bytes: number;
  readonly concurrency: number;
  readonly weight: number;
  readonly without: readonly string[];
}

const PARTS: Readonly<Record<string, Part>> = Object.fromEntries([
  ...(['plain', 'tls'] as const).flatMap((over) =>
    [10, 100, 1000].map((concurrency): [string, Part] => {
      const title = `1 KiB over ${over === 'tls' ? 'TLS' : 'plain TCP'}, concurrency ${concurrency}`;
      const weight = over === 'tls' ? 2 : 1;
      return [`${over}-${concurrency}`, { title, over, path: '/1k', bytes: 1024, concurrency, weight, without: [] }];
    }),
  ),
  ...(
    [
      ['64k', 65_536, 20],
      ['1m', 1_048_576, 300],
    ] as const
  ).map(([name, bytes, weight]): [string, Part] => {
    const title = `${name === '64k' ? '64 KiB' : '1 MiB'} of text, sent as gzip, concurrency 10`;
    const without = ['raw', 'wrk'];
    return [`gzip-${name}`, { title, over: 'plain', path: `/${name}`, bytes, concurrency: 10, weight, without }];
  }),
  [
    'handshakes',
    {
      title: 'A new TLS connection a request, full handshake, concurrency 16',
      over: 'tls',
      path: '/close',
      bytes: 1024,
      concurrency: 16,
      weight: 30,
      without: ['raw'],
    },
  ],
] as [string, Part][]);

/** Client CPU a request, from nginx over loopback: the session with every check on, against its peers. Parts: {@link PARTS} and `memory`. */
export async function httpSuite(rounds: number, wanted?: string): Promise<(Comparison | string)[]> {
  if (wanted !== undefined && wanted !== 'memory' && PARTS[wanted] === undefined) {
    throw new Error(`no such part: ${wanted}; there are ${Object.keys(PARTS).join(', ')}, memory`);
  }
  const results: (Comparison | string)[] = [];
  for (const [name, part] of Object.entries(PARTS)) {
    if (wanted === undefined || wanted === name) results.push(await run(part, rounds));
  }
  if (wanted === undefined || wanted === 'memory') results.push(await memorySuite(rounds));
  return results;
}

async function run(
  { title, over, path, bytes, concurrency, weight, without }: Part,
  rounds: number,
): Promise<Comparison> {
  await using nginx = await startNginx();
  const task: Task = { url: `${nginx[over]}${path}`, concurrency, bytes };
  const those = [...(await contenders())].filter(([name]) => !without.includes(name));
  const made = those.map(([name, make]) => make(task, Math.max(40, Math.round(COUNTS[name]! / weight))));
  const comparison = compare(title, made, rounds);
  return { ...comparison, machine: `${comparison.machine}, ${versions()}` };
}
