import { readFailures } from '@sluice/engine/records';
import { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import { columnsOf, type Host, paintFor, writeLine } from '../host.ts';
import { classStyle } from '../panel/class-style.ts';
import { openRun } from '../run/find-run.ts';
import { type Line, renderLine, span } from '../text/line.ts';
import { formatCount } from '../text/numbers.ts';
import { printable } from '../text/printable.ts';
import { type Cell, type Column, layTable } from '../text/table.ts';
import type { Action } from './action.ts';
import { parseCount, parseWords } from './parse-option.ts';

const GROUPS = ['class', 'host', 'code', 'shape'] as const;
type Group = (typeof GROUPS)[number];

interface FailuresOptions {
  readonly by?: readonly Group[];
  readonly json?: boolean;
  readonly limit: number;
}

const DEFAULT_LIMIT = 50;

/** `sluice failures`: what failed, like with like. */
export function failuresCommand(host: Host, action: Action): Command {
  return new Command('failures')
    .description('show what failed or is in doubt: failures that look alike in one line, with an example')
    .argument('[run]', 'ledger or run id (default: the newest run here)')
    .option('--by <columns>', `count by some of ${GROUPS.join(', ')}, separated by commas`, parseWords(GROUPS))
    .option('--limit <n>', 'lines at most', parseCount, DEFAULT_LIMIT)
    .option('--json', 'as lines of JSON')
    .addHelpText('after', '\nExample:\n  $ sluice failures urls.run.db --by class,host')
    .action((name: string | undefined, options: FailuresOptions) =>
      action(async () => {
        await using reader = await openRun(name);
        const { by = [] } = options;
        const found: (FailureGroup | Cluster)[] = [];
        const source = by.length === 0 ? readFailures(reader, options.limit) : readGroups(reader, by, options.limit);
        for await (const entry of source) found.push(entry);
        if (options.json === true) for (const entry of found) writeLine(host.stdout, JSON.stringify(entry));
        else if (found.length === 0) writeLine(host.stderr, `no failures in ${printable(reader.path)}`);
        else {
          const columns = columnsOf(host.stdout);
          const lines = by.length === 0 ? layClusters(found as Cluster[], columns) : layGroups(found, by, columns);
          for (const line of lines) writeLine(host.stdout, renderLine(line, columns, paintFor(host, host.stdout)));
        }
        return EXIT.ok;
      }),
    );
}

type Cluster = ReturnType<typeof readFailures> extends AsyncIterable<infer C> ? C : never;
type FailureGroup = { readonly [G in Group]?: string } & { readonly count: number; readonly exampleKey: string };

async function* readGroups(
  reader: Parameters<typeof readFailures>[0],
  by: readonly Group[],
  limit: number,
): AsyncGenerator<FailureGroup, void, undefined> {
  // The names come from a closed list: nothing of the user's is put into the statement.
  const columns = by.join(', ');
  const sql = `SELECT ${columns}, sum(count) AS total, min(example_key) AS example FROM failure_cluster GROUP BY ${columns} ORDER BY total DESC, ${columns} LIMIT ?`;
  for await (const row of reader.rows(sql, [limit])) {
    const names = Object.fromEntries(by.map((group) => [group, String(row[group] ?? '')])) as Record<Group, string>;
    yield { ...names, count: Number(row.total), exampleKey: String(row.example) };
  }
}

function layClusters(clusters: readonly Cluster[], columns: number): Line[] {
  return layTable(
    [
      { title: 'items', align: 'right' },
      { title: 'class' },
      { title: 'host', shrink: 'end' },
      { title: 'code' },
      { title: 'what happened', shrink: 'end' },
      { title: 'for example', shrink: 'middle' },
    ],
    clusters.map((cluster) => [
      formatCount(cluster.count),
      span(printable(cluster.class), classStyle(cluster.class)),
      printable(cluster.host, 60),
      printable(cluster.code, 60),
      printable(cluster.shape, 200),
      printable(cluster.exampleKey, 200),
    ]),
    columns,
  );
}

function layGroups(groups: readonly FailureGroup[], by: readonly Group[], columns: number): Line[] {
  const titles: Column[] = by.map((group) => ({ title: group, shrink: 'end' }));
  const rows = groups.map((group): Cell[] => [
    formatCount(group.count),
    ...by.map((name) => {
      const text = printable(group[name] ?? '', 200);
      return name === 'class' ? span(text, classStyle(text)) : text;
    }),
    printable(group.exampleKey, 200),
  ]);
  return layTable(
    [{ title: 'items', align: 'right' }, ...titles, { title: 'for example', shrink: 'middle' }],
    rows,
    columns,
  );
}
