import { readOutcomes } from '@sluice/engine';
import { Command, Option } from 'commander';
import { EXIT } from '../exit-codes.ts';
import { type Host, writeLine } from '../host.ts';
import { type ResultFormat, resultTarget } from '../results/result-target.ts';
import { writeResults } from '../results/write-results.ts';
import { openRun } from '../run/find-run.ts';
import { plural } from '../text/numbers.ts';
import { printable } from '../text/printable.ts';
import type { Action } from './action.ts';

interface ExportOptions {
  readonly output: string;
  readonly format?: ResultFormat;
  readonly guardFormulas?: boolean;
  readonly quiet?: boolean;
}

/** `sluice export`: the outcomes of a run as a file or a stream. */
export function exportCommand(host: Host, action: Action): Command {
  return new Command('export')
    .description(
      'write every outcome of a run, also of one that goes on or was stopped; a file is replaced whole or not at all',
    )
    .argument('[run]', 'ledger or run id (default: the newest run here)')
    .option('-o, --output <file>', 'a .jsonl or .csv file, or - for stdout', '-')
    .addOption(new Option('--format <format>', 'instead of what the name says').choices(['jsonl', 'csv']))
    .option('--guard-formulas', 'in CSV, keep spreadsheets from running cells as formulas')
    .option('--quiet', 'write nothing but errors')
    .addHelpText(
      'after',
      `
One JSON object a line: key, position, host, state, class, code, message, attempts, status,
bodyBytes, headers, text (or bodyBase64 for a body that is no text), value, finishedAt. In CSV
headers and value are JSON.

Examples:
  $ sluice export urls.run.db -o pages.csv --guard-formulas
  $ sluice export | jq -r 'select(.state == "failed") | .key'`,
    )
    .action((name: string | undefined, options: ExportOptions) =>
      action(async () => {
        await using reader = await openRun(name);
        const { output, format, guardFormulas = false } = options;
        const target = await resultTarget(output, host, { format, not: [reader.path] });
        const count = await writeResults(target, readOutcomes(reader), { guardFormulas });
        if (options.quiet !== true && output !== '-') {
          writeLine(host.stderr, `${plural(count, 'item')} written to ${printable(output)}`);
        }
        return EXIT.ok;
      }),
    );
}
