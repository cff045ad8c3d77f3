/**
 * `node benchmarks/fetch/large.ts [items] [body|none]`: one run over a list of ten million URLs, killed with SIGKILL at 90 % and gone on with. Is it as
 * fast at its end as at its beginning, does its memory grow, and how long does it take to go on? Appends to benchmarks/results/fetch-large.md.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { startNginx } from '../http/nginx.ts';
import { machine } from '../support/compare.ts';

interface Sample {
  readonly at: number;
  readonly settled: number;
  readonly done: number;
  readonly rssMiB: number;
}

const [count = 10_000_000, store = 'body'] = [Number(process.argv[2] ?? 10_000_000), process.argv[3]];
/** What the command line gives V8. */
const FLAGS = ['--max-semi-space-size=16', '--heap-growing-percent=30'];
const folder = mkdtempSync(join(tmpdir(), 'sluice-large-'));
const list = join(folder, 'urls.txt');
const ledger = join(folder, 'urls.run.db');
await using nginx = await startNginx();
await pipeline(Readable.from(chunks(`${nginx.plain}/1k`)), createWriteStream(list));

const before = await run(0.9 * count);
const resumed = await run(count);
assert.equal(resumed.samples.at(-1)!.done, count, 'every item is done');
const { samples } = before;
const early = rate(samples, 0.05, 0.15);
const late = rate(samples, 0.8, 0.9);
const peak = Math.max(...samples.map(({ rssMiB }) => rssMiB));
const lines = [
  `${machine()}. ${count.toLocaleString('en')} URLs of 1 KiB, ${store === 'none' ? 'no bodies kept' : 'every body kept'}, one event loop, concurrency 100, nginx on the same cores.`,
  '',
  '| | |',
  '|---|---|',
  `| items a second from 5 % to 15 % | ${shown(early)} |`,
  `| from 80 % to 90 % | ${shown(late)} (${((late / early) * 100).toFixed(1)} % of that) |`,
  `| peak memory | ${shown(peak)} MiB |`,
  `| memory, mean from 20 % to 30 % and from 80 % to 90 % | ${shown(memory(samples, 0.2, 0.3))} and ${shown(memory(samples, 0.8, 0.9))} MiB |`,
  `| from the start of a process after \`kill -9\` at 90 % to the first answer | ${(resumed.firstMs / 1000).toFixed(2)} s |`,
  `| the ledger at the end | ${(statSync(ledger).size / 2 ** 30).toFixed(1)} GiB |`,
  '',
];
console.log(lines.join('\n'));
appendFileSync(new URL('../results/fetch-large.md', import.meta.url), `${lines.join('\n')}\n`);
rmSync(folder, { recursive: true });
process.exit();

/** Runs until so many are settled, and kills it then. */
async function run(until: number): Promise<{ readonly samples: readonly Sample[]; readonly firstMs: number }> {
  const startedAt = Date.now();
  const file = fileURLToPath(new URL('./large-run.ts', import.meta.url));
  const child = spawn(process.execPath, [...FLAGS, file, list, ledger, store], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const found: Sample[] = [];
  let firstMs = Number.NaN;
  for await (const line of createInterface({ input: child.stdout })) {
    const told = JSON.parse(line) as Sample & { readonly first?: true };
    if (told.first) firstMs = told.at - startedAt;
    else found.push(told);
    if (told.settled >= until && until < count) child.kill('SIGKILL');
  }
  await ended;
  return { samples: found, firstMs };
}

function rate(all: readonly Sample[], from: number, to: number): number {
  const first = all.find(({ settled }) => settled >= from * count)!;
  const last = all.find(({ settled }) => settled >= to * count) ?? all.at(-1)!;
  return ((last.settled - first.settled) * 1000) / (last.at - first.at);
}

function memory(all: readonly Sample[], from: number, to: number): number {
  const chosen = all.filter(({ settled }) => settled >= from * count && settled <= to * count);
  return chosen.reduce((sum, { rssMiB }) => sum + rssMiB, 0) / chosen.length;
}

function shown(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function* chunks(base: string): Generator<string, void, undefined> {
  const SIZE = 1000;
  for (let first = 0; first < count; first += SIZE)
    yield Array.from({ length: Math.min(SIZE, count - first) }, (_, index) => `${base}?n=${first + index}\n`).join('');
}
