import type { LedgerCounts, RunRow } from '@sluice/ledger';
import { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import { columnsOf, type Host, paintFor, writeLine } from '../host.ts';
import { classStyle } from '../panel/class-style.ts';
import { openRun } from '../run/find-run.ts';
import { layGates } from '../run/lay-gates.ts';
import { type LiveRun, lookAtRun } from '../run/live-run.ts';
import { type RunStanding, runStanding, STANDING_TEXT } from '../run/run-state.ts';
import { type Line, renderLine, span } from '../text/line.ts';
import { formatCount, formatMoment, formatMs, formatShare } from '../text/numbers.ts';
import type { Style } from '../text/paint.ts';
import { printable } from '../text/printable.ts';
import { type Cell, layTable } from '../text/table.ts';
import type { Action } from './action.ts';

const STANDING_STYLE: Readonly<Record<RunStanding, Style>> = {
  running: 'accent',
  interrupted: 'warn',
  stopped: 'warn',
  complete: 'good',
};

/** `sluice status`: how a run stands. */
export function statusCommand(host: Host, action: Action): Command {
  return new Command('status')
    .description('show how a run stands')
    .argument('[run]', 'ledger or run id (default: the newest run here)')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  $ sluice status urls.run.db')
    .action((name: string | undefined, options: { readonly json?: boolean }) =>
      action(async () => {
        await using reader = await openRun(name);
        const [run, counts] = [await reader.run(), await reader.counts()];
        const live = await lookAtRun(reader);
        if (options.json === true) {
          writeLine(host.stdout, JSON.stringify({ ...toJson(reader.path, run, counts), live: live ?? null }));
        } else {
          const columns = columnsOf(host.stdout);
          const paint = paintFor(host, host.stdout);
          const lines = layStatusReport(reader.path, run, counts, columns);
          for (const line of [...lines, ...layLive(live, columns)]) {
            writeLine(host.stdout, renderLine(line, columns, paint));
          }
        }
        return EXIT.ok;
      }),
    );
}

/** What only the process that holds the run knows: its gates. */
function layLive(live: LiveRun | undefined, columns: number): Line[] {
  if (live === undefined) return [];
  const { progress, hosts } = live;
  const facts: [string, Cell][] = [
    ['in flight', `${formatCount(progress.inFlight)} of at most ${formatCount(progress.limit)}`],
  ];
  if (progress.isOutage) facts.push(['', span('nothing answers just now: what fails costs no attempt', 'warn')]);
  if (progress.pause !== null) facts.push(['pausing', span(printable(progress.pause.message, 400), 'warn')]);
  const gates = layGates(hosts, columns);
  return [[], ...facts.map(layFact), ...(gates.length === 0 ? [] : [[], ...gates])];
}

function layFact([label, value]: readonly [string, Cell]): Line {
  return [
    span(label.padEnd(label.length > 8 ? label.length + 1 : 9), 'faint'),
    typeof value === 'string' ? span(value) : value,
  ];
}

/** A run's standing and its items by state and class. */
function layStatusReport(path: string, run: RunRow, counts: LedgerCounts, columns: number): Line[] {
  const standing = runStanding(run);
  const { pending, leased, ...settledStates } = counts.byState;
  const settled = Object.values(settledStates).reduce((sum, count) => sum + count, 0);
  const known = run.total === null ? '' : ` of ${formatCount(run.total)}`;
  const facts: [string, Cell][] = [
    ['run', printable(run.id)],
    ['kind', printable(run.kind)],
    ['ledger', printable(path)],
    ['state', span(STANDING_TEXT[standing], STANDING_STYLE[standing])],
    ['started', formatMoment(new Date(run.createdAt))],
    [
      standing === 'running' ? 'for' : 'took',
      formatMs((standing === 'running' ? Date.now() : run.updatedAt) - run.createdAt),
    ],
    ['items', `${formatCount(settled)}${known} settled`],
  ];
  if (counts.duplicates > 0) facts.push(['', `${formatCount(counts.duplicates)} lines stood twice`]);
  const states = { ...settledStates, 'waiting to retry': pending, 'under way': leased };
  const stateRows = Object.entries(states).filter(([, count]) => count > 0);
  const classRows = Object.entries(counts.byClass).sort(([, a], [, b]) => b - a);
  const numbers = [
    { title: 'items', align: 'right' },
    { title: 'share', align: 'right' },
  ] as const;
  return [
    ...facts.map(layFact),
    ...(stateRows.length === 0 ? [] : [[]]),
    ...tableOf(
      'state',
      stateRows.map(([name, count]) => [name, formatCount(count), formatShare(count, settled + pending + leased)]),
    ),
    ...(classRows.length === 0 ? [] : [[]]),
    ...tableOf(
      'class',
      classRows.map(([name, count]) => [
        span(printable(name), classStyle(name)),
        formatCount(count),
        formatShare(count, settled),
      ]),
    ),
  ];

  function tableOf(title: string, rows: readonly (readonly Cell[])[]): Line[] {
    return rows.length === 0 ? [] : layTable([{ title }, ...numbers], rows, columns);
  }
}

function toJson(path: string, run: RunRow, counts: LedgerCounts): Record<string, unknown> {
  return {
    ledger: path,
    run: run.id,
    kind: run.kind,
    state: runStanding(run),
    total: run.total,
    createdAt: new Date(run.createdAt).toISOString(),
    updatedAt: new Date(run.updatedAt).toISOString(),
    ...counts,
  };
}
