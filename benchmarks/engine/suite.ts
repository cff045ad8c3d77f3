import { fileURLToPath } from 'node:url';
import { startNginx } from '../http/nginx.ts';
import { type Comparison, type Contender, compare } from '../support/compare.ts';
import { runParts } from '../support/parts.ts';

const COMPUTED = 2_000;
const FETCHED = 100_000;

/** What several event loops give. Parts: `compute` and `fetch`. */
export async function engineSuite(rounds: number, wanted?: string): Promise<Comparison[]> {
  return await runParts({ compute: () => computing(rounds), fetch: () => fetching(rounds) }, wanted);
}

function contender(loops: number, kind: string, count: number, ...more: readonly string[]): Contender {
  const file = fileURLToPath(new URL('./run-job.ts', import.meta.url));
  const name = loops === 1 ? 'one event loop, the default' : `\`loops: ${loops}\``;
  return { name, command: ['node', file, kind, String(loops), String(count), ...more] };
}

async function computing(rounds: number): Promise<Comparison> {
  const title = 'Steps that compute for 5 ms each';
  return compare(
    title,
    [1, 2].map((loops) => contender(loops, 'compute', COMPUTED)),
    rounds,
  );
}

async function fetching(rounds: number): Promise<Comparison> {
  await using nginx = await startNginx();
  const title = '`fetch` of 1 KiB from a server on the same two cores, concurrency 100, every body in SQLite';
  return compare(
    title,
    [1, 2].map((loops) => contender(loops, 'fetch', FETCHED, `${nginx.plain}/1k`, '100')),
    rounds,
  );
}
