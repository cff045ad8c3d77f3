/**
 * The fair runner: every round is a fresh process of every contender, the order turns from round to round, and what counts is the median.
 * Ratios are taken within a round, so that a machine whose speed drifts still gives a true comparison.
 */
import { spawnSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import type { Measured } from './measure.ts';

export interface Contender {
  readonly name: string;
  /** Command and arguments; `node` is this very one. */
  readonly command: readonly [string, ...string[]];
}

export interface Comparison {
  readonly title: string;
  readonly machine: string;
  readonly rounds: number;
  readonly rows: readonly ComparedRow[];
}

export interface ComparedRow {
  readonly name: string;
  readonly medianCpuPer100k: number;
  readonly medianItemsPerSecond: number;
  readonly medianPeakMiB: number;
  /** Median over the rounds of this contender's CPU time divided by the first one's. */
  readonly cpuRatioToFirst: number;
  /** The same of items a second. */
  readonly rateRatioToFirst: number;
}

/** Runs every contender `rounds` times, after one round that does not count. */
export function compare(title: string, contenders: readonly Contender[], rounds: number): Comparison {
  const results = new Map<string, Measured[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    const turn = round % contenders.length;
    for (const contender of [...contenders.slice(turn), ...contenders.slice(0, turn)]) {
      const measured = runOnce(contender);
      if (round > 0) results.get(contender.name)!.push(measured);
    }
  }
  const first = results.get(contenders[0]!.name)!;
  const rows = contenders.map(({ name }) => {
    const runs = results.get(name)!;
    return {
      name,
      medianCpuPer100k: median(runs.map((run) => (run.cpuSeconds / run.items) * 100_000)),
      medianItemsPerSecond: median(runs.map((run) => run.items / run.seconds)),
      medianPeakMiB: median(runs.map((run) => run.peakMiB)),
      cpuRatioToFirst: median(
        runs.map((run, index) => run.cpuSeconds / run.items / (first[index]!.cpuSeconds / first[index]!.items)),
      ),
      rateRatioToFirst: median(
        runs.map((run, index) => run.items / run.seconds / (first[index]!.items / first[index]!.seconds)),
      ),
    };
  });
  return { title, machine: machine(), rounds, rows };
}

function runOnce({ name, command: [file, ...args] }: Contender): Measured {
  const { status, stdout, stderr } = spawnSync(file === 'node' ? process.execPath : file, args, {
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
  const measured = JSON.parse(stdout.trim().split('\n').at(-1)!) as Measured;
  if (measured.ok !== measured.items)
    throw new Error(`${name}: only ${measured.ok} of ${measured.items} items ended well`);
  return measured;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** What the figures were taken on, for the head of a table. */
export function machine(): string {
  const [cpu] = cpus();
  return `${cpus().length} × ${cpu?.model.trim() ?? 'cpu'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.versions.node}`;
}

/** A Markdown table of a comparison. */
export function table({ title, machine: on, rounds, rows }: Comparison): string {
  const lines = rows.map(
    (row) =>
      `| ${row.name} | ${row.medianCpuPer100k.toFixed(2)} | ${row.cpuRatioToFirst.toFixed(2)} | ${Math.round(row.medianItemsPerSecond).toLocaleString('en')} | ${Math.round(row.medianPeakMiB)} |`,
  );
  return [
    `### ${title}`,
    '',
    `Median of ${rounds} rounds, a fresh process each, order turning. ${on}.`,
    '',
    '| | CPU s / 100k | × first | items/s | peak MiB |',
    '|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}
