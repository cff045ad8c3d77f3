import type { RunChange } from '@sluice/engine';
import { Command } from 'commander';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';
import { columnsOf, type Host, paintFor, writeLine } from '../host.ts';
import { openRun } from '../run/find-run.ts';
import { layGates } from '../run/lay-gates.ts';
import { changeRun } from '../run/live-run.ts';
import { renderLine } from '../text/line.ts';
import { formatCount } from '../text/numbers.ts';
import { printable } from '../text/printable.ts';
import type { Action } from './action.ts';
import { parseCountOrAuto, parseCountOrNone, parseDurationOption, parseRateOrNone } from './parse-option.ts';

interface SetOptions extends RunChange {
  readonly json?: boolean;
}

/** `sluice set`: other bounds for a run that is under way. */
export function setCommand(host: Host, action: Action): Command {
  return new Command('set')
    .description('change the bounds of a run that is under way; what is in flight stays')
    .argument('[run]', 'ledger or run id (default: the newest run here)')
    .option('--concurrency <n|auto>', 'items under way at once, in all', parseCountOrAuto)
    .option('--per-host <n|auto>', 'requests to one host at once', parseCountOrAuto)
    .option("--rate <'n/time'|none>", "requests to one host in a time, as '500/min'", parseRateOrNone)
    .option('--delay <duration>', 'the least time between two requests to one host', parseDurationOption)
    .option('--max-errors <n|none>', 'pause when more items than this have failed', parseCountOrNone)
    .option('--json', 'how the run stands then, as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sluice set urls.run.db --concurrency 50\n  $ sluice set --per-host auto --rate none',
    )
    .action((name: string | undefined, { json, ...change }: SetOptions) =>
      action(async () => {
        if (Object.keys(change).length === 0)
          throw new CommandError(
            'SLUICE_CLI_OPTION',
            'say what to change: --concurrency 50, say; see sluice set --help',
          );
        await using reader = await openRun(name);
        const live = await changeRun(reader, change);
        if (json === true) {
          writeLine(host.stdout, JSON.stringify(live));
          return EXIT.ok;
        }
        const { inFlight, limit } = live.progress;
        writeLine(
          host.stdout,
          `${printable(reader.path)}: ${formatCount(inFlight)} in flight of at most ${formatCount(limit)}`,
        );
        const columns = columnsOf(host.stdout);
        const paint = paintFor(host, host.stdout);
        for (const line of layGates(live.hosts, columns)) writeLine(host.stdout, renderLine(line, columns, paint));
        return EXIT.ok;
      }),
    );
}
