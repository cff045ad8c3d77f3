import { existsSync } from 'node:fs';
import { Command, Option } from 'commander';
import { type Host, writeLine } from '../host.ts';
import { prepareFetch } from '../run/fetch-run.ts';
import { defaultLedger, spoolPath } from '../run/ledger-path.ts';
import type { ResumeSettings } from '../run/run-settings.ts';
import { setAside } from '../run/set-aside.ts';
import { printable } from '../text/printable.ts';
import type { Action } from './action.ts';
import { collect } from './parse-option.ts';
import { addResumeOptions } from './run-options.ts';

interface FetchCommandOptions extends ResumeSettings {
  readonly ledger?: string;
  readonly fresh?: boolean;
  readonly header?: readonly string[];
  readonly contact?: string;
  readonly store?: 'body' | 'none';
}

/** `sluice fetch`: GET every URL of a list and keep the replies. */
export function fetchCommand(host: Host, action: Action): Command {
  return addResumeOptions(
    new Command('fetch')
      .description(
        'fetch every URL of a list, one a line, and keep the replies; run again, it goes on where it stopped',
      )
      .argument('<list>', 'file of URLs, also as .gz or .zst, or - for standard input')
      .option('--ledger <file>', 'where the run is recorded (default: beside the list, urls.txt in urls.run.db)')
      .option('--fresh', 'begin anew: the old ledger is moved aside, never deleted')
      .option("--header <'Name: value'>", "send a header; may be repeated; secrets as 'Name: env:VARIABLE'", collect)
      .option('--contact <address>', 'an address for whoever runs the servers, sent in the User-Agent')
      .addOption(
        new Option(
          '--store <what>',
          'what is kept of the replies; none: how each ended, and nothing of it (default: body)',
        ).choices(['body', 'none']),
      ),
  )
    .addHelpText(
      'after',
      `
Examples:
  $ sluice fetch urls.txt -o pages.jsonl
  $ cat urls.txt | sluice fetch - --ledger pages.run.db -o - | jq .status
  $ sluice fetch urls.txt --per-host 4 --header 'Authorization: Bearer env:API_KEY'`,
    )
    .action((list: string, options: FetchCommandOptions) =>
      action(async () => {
        const ledger = options.ledger ?? defaultLedger(list);
        const isFresh = options.fresh === true;
        const run = {
          list,
          ledger,
          headers: options.header ?? [],
          contact: options.contact,
          store: options.store,
          options,
          isFresh,
          hasWork: isFresh,
        };
        const start = await prepareFetch({ ...run, resume: resumeWords(host) }, host);
        if (isFresh) await beginAnew(ledger, options, host);
        if (list === '-' && process.stdin.isTTY && !existsSync(spoolPath(ledger))) {
          writeLine(host.stderr, 'type or paste the list, one URL a line; Ctrl-D ends it');
        }
        return (await start()).exitCode;
      }),
    );
}

async function beginAnew(ledger: string, options: ResumeSettings, host: Host): Promise<void> {
  const aside = await setAside(ledger);
  if (aside === undefined || options.quiet === true || options.json === true) return;
  writeLine(host.stderr, `the earlier run is kept in ${printable(aside)}`);
}

/**
 * The command as it was typed, without what would throw away or wave through: what `--fresh` began, the same command
 * goes on with.
 */
function resumeWords(host: Host): readonly string[] {
  return host.args.filter((word) => word !== '--fresh' && word !== '--accept-changed-input');
}
