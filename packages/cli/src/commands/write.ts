import type { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { cancelScope } from '@sluice/core';
import type { BulkWriteOptions } from '@sluice/databases';
import { Command, Option } from 'commander';
import { CommandError } from '../command-error.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type Host, writeLine } from '../host.ts';
import { listenForStop } from '../run/stop-signals.ts';
import { formatCount, formatMs, formatRate, plural } from '../text/numbers.ts';
import { printable } from '../text/printable.ts';
import { type BadLine, RowList } from '../write/row-list.ts';
import { openWriteView } from '../write/write-view.ts';
import type { Action } from './action.ts';
import { parseCount, splitList } from './parse-option.ts';

interface WriteOptions {
  readonly to: string;
  readonly table: string;
  readonly onConflict: NonNullable<BulkWriteOptions['onConflict']>;
  readonly key?: string[];
  readonly columns?: string[];
  readonly batch?: number;
  readonly bad?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Bad rows that are told one by one when they are kept nowhere. */
const TOLD = 10;

/** `sluice write`: rows into a table of a database. */
export function writeCommand(host: Host, action: Action): Command {
  return new Command('write')
    .description('write the rows of a list, one JSON object a line, into a table of a database, in bulk')
    .argument('<list>', 'a .jsonl file, also as .gz or .zst, or - for standard input')
    .requiredOption('--to <url>', 'postgres://…, mysql://…, sqlite:file.db, or env:NAME for a variable that holds it')
    .requiredOption('--table <name>', 'the table, as name or schema.name')
    .addOption(
      new Option(
        '--on-conflict <what>',
        'what happens to a row whose key is there already: it is bad, left, or brought up to date',
      )
        .choices(['error', 'ignore', 'update'])
        .default('error'),
    )
    .option('--key <columns>', 'the columns that tell rows apart, with commas (default: the primary key)', splitList)
    .option('--columns <columns>', 'the columns to write, with commas (default: those of the first row)', splitList)
    .option('--batch <rows>', 'rows a transaction (default: 1000, and more while the database is busy)', parseCount)
    .option('--bad <file>', 'where rows go that are refused, as JSON lines')
    .option('--json', 'the sum as JSON on stdout')
    .option('--quiet', 'write nothing but errors')
    .addHelpText(
      'after',
      `
A row that the database refuses is found, named with its line and left out; the others are written.
Each batch is a transaction: stopped or cut off, whole batches are there or not.

Example:
  $ sluice write people.jsonl --to env:DATABASE_URL --table people --on-conflict update`,
    )
    .action((list: string, options: WriteOptions) => action(() => write(list, options, host)));
}

async function write(list: string, options: WriteOptions, host: Host): Promise<ExitCode> {
  // Only this command needs the drivers.
  const { bulkWrite, connect } = await import('@sluice/databases');
  await using bad = await openBadRows(options, host);
  const rows = new RowList(list, bad.add);
  await rows.check();
  await using database = await connect(options.to, { pool: 1 });
  const { batch, columns, key } = options;
  let read = 0;
  async function* counted() {
    for await (const row of rows.rows()) {
      read++;
      yield row;
    }
  }
  const begunAt = performance.now();
  let stopCode: ExitCode | undefined;
  const count = await cancelScope(async (scope) => {
    using _view = openWriteView(host, options.quiet === true, () => ({ read, bad: bad.count }));
    const stop = (): void => scope.cancel('stopped by a signal');
    using signals = listenForStop({ drain: stop, cut: stop });
    try {
      return await bulkWrite(database, options.table, counted(), {
        onConflict: options.onConflict,
        ...(batch === undefined ? {} : { batch }),
        ...(columns === undefined ? {} : { columns }),
        ...(key === undefined ? {} : { key }),
        onBadRow: ({ row, index, error }) =>
          bad.add({ line: rows.lineOf(index), code: error.code, message: error.message, row }),
      });
    } finally {
      stopCode = signals.exitCode;
    }
  });
  const tookMs = performance.now() - begunAt;
  if (count === undefined) {
    if (options.quiet !== true)
      writeLine(host.stderr, `stopped: the batches that were committed are written, of ${plural(read, 'row')} read`);
    return stopCode ?? EXIT.stopped;
  }
  const sum = { written: count.written, skipped: count.skipped, bad: bad.count, tookMs: Math.round(tookMs) };
  if (options.json === true) writeLine(host.stdout, JSON.stringify(sum));
  else if (options.quiet !== true) {
    const rate = formatRate((sum.written / Math.max(tookMs, 1)) * 1000);
    const skipped = sum.skipped > 0 ? `, ${formatCount(sum.skipped)} were there already` : '';
    const refused =
      sum.bad > 0
        ? `; ${formatCount(sum.bad)} bad${options.bad === undefined ? '' : `, in ${printable(options.bad)}`}`
        : '';
    writeLine(
      host.stderr,
      `${plural(sum.written, 'row')} written to ${printable(options.table)} in ${formatMs(tookMs)}, ${rate}${skipped}${refused}`,
    );
  }
  return sum.bad > 0 ? EXIT.failedItems : EXIT.ok;
}

/** Keeps the bad rows in a file, or tells the first few. */
interface BadRows extends AsyncDisposable {
  readonly count: number;
  readonly add: (bad: BadLine) => void;
}

async function openBadRows({ bad: name, quiet }: WriteOptions, host: Host): Promise<BadRows> {
  const file = name === undefined ? undefined : await createFile(name);
  let count = 0;
  return {
    get count() {
      return count;
    },
    add: (bad) => {
      count++;
      if (file !== undefined) file.write(`${JSON.stringify(bad)}\n`);
      else if (quiet !== true && count <= TOLD) {
        const where = bad.message.startsWith('line ') ? '' : `line ${bad.line}: `;
        writeLine(host.stderr, printable(`${where}${bad.message}`, 300));
      } else if (quiet !== true && count === TOLD + 1)
        writeLine(host.stderr, 'more bad rows are not shown: keep them with --bad refused.jsonl');
    },
    async [Symbol.asyncDispose]() {
      if (file === undefined) return;
      file.end();
      await finished(file);
    },
  };
}

async function createFile(name: string): Promise<ReturnType<typeof createWriteStream>> {
  try {
    return (await open(name, 'w')).createWriteStream();
  } catch (cause) {
    throw new CommandError('SLUICE_CLI_OUTPUT', `cannot write ${printable(name)}: ${(cause as Error).message}`, {
      cause,
    });
  }
}
