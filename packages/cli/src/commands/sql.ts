import { pipeline } from 'node:stream/promises';
import type { Row, SqlValue } from '@sluice/ledger';
import { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import { columnsOf, type Host, paintFor, writeLine } from '../host.ts';
import { inPieces } from '../results/in-pieces.ts';
import { openRun } from '../run/find-run.ts';
import { renderLine } from '../text/line.ts';
import { formatCount } from '../text/numbers.ts';
import { printable } from '../text/printable.ts';
import { layTable } from '../text/table.ts';
import type { Action } from './action.ts';

/** A terminal is for looking: beyond this a pipe is the better place. */
const MAX_SHOWN = 1000;
const MAX_CELL = 200;

/** `sluice sql`: a read-only query on a ledger. */
export function sqlCommand(host: Host, action: Action): Command {
  return new Command('sql')
    .description('query a ledger, read-only: a table on a terminal, tab-separated values in a pipe')
    .argument('<run>', 'ledger or run id')
    .argument(
      '<statement>',
      'SELECT on the views run, item, attempt, result, outcome, outcome_by_class, failure_cluster, host_summary',
    )
    .option('--json', 'as lines of JSON')
    .addHelpText(
      'after',
      `\nExample:\n  $ sluice sql urls.run.db 'select status, count(*) from outcome group by status'`,
    )
    .action((name: string, statement: string, options: { readonly json?: boolean }) =>
      action(async () => {
        await using reader = await openRun(name);
        const rows = reader.rows(statement);
        if (options.json === true) await pipeline(inPieces(jsonLines(rows)), host.stdout, { end: false });
        else if (host.stdout.isTTY === true) await showTable(host, rows);
        else await pipeline(inPieces(tabSeparated(rows)), host.stdout, { end: false });
        return EXIT.ok;
      }),
    );
}

async function showTable(host: Host, rows: AsyncIterable<Row>): Promise<void> {
  const shown: Row[] = [];
  let isCut = false;
  for await (const row of rows) {
    isCut = shown.length === MAX_SHOWN;
    if (isCut) break;
    shown.push(row);
  }
  const first = shown[0];
  if (first === undefined) {
    writeLine(host.stderr, 'no rows');
    return;
  }
  const columns = Object.keys(first).map((name) => {
    const isNumber = shown.every((row) => ['number', 'bigint'].includes(typeof row[name]) || row[name] === null);
    return { title: printable(name, 60), shrink: 'end', align: isNumber ? 'right' : 'left' } as const;
  });
  const cells = shown.map((row) => Object.values(row).map((value) => printable(asText(value, 'NULL'), MAX_CELL)));
  const width = columnsOf(host.stdout);
  for (const line of layTable(columns, cells, width))
    writeLine(host.stdout, renderLine(line, width, paintFor(host, host.stdout)));
  if (isCut) writeLine(host.stderr, `the first ${formatCount(MAX_SHOWN)} rows; a pipe gets them all`);
}

async function* jsonLines(rows: AsyncIterable<Row>): AsyncGenerator<string, void, undefined> {
  for await (const row of rows) {
    const safe = Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'object' || typeof value === 'bigint' ? blobOrBig(value) : value,
    ]);
    yield `${JSON.stringify(Object.fromEntries(safe))}\n`;
  }
}

/**
 * Tabs, line ends and backslashes in a value are written as `\t`, `\n`, `\r` and `\\`, as PostgreSQL's COPY does: one
 * row stays one line.
 */
async function* tabSeparated(rows: AsyncIterable<Row>): AsyncGenerator<string, void, undefined> {
  let hasHead = false;
  for await (const row of rows) {
    if (!hasHead) yield `${Object.keys(row).map(escapeField).join('\t')}\n`;
    hasHead = true;
    yield `${Object.values(row)
      .map((value) => escapeField(asText(value, '')))
      .join('\t')}\n`;
  }
}

function escapeField(text: string): string {
  const escapes: Record<string, string> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\\': '\\\\' };
  return text.replace(/[\t\n\r\\]/g, (character) => escapes[character]!);
}

function asText(value: SqlValue, none: string): string {
  if (value === null) return none;
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : String(value);
}

function blobOrBig(value: bigint | Uint8Array | null): string | null {
  return value === null ? null : asText(value, '');
}
