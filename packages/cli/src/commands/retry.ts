import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { from, type OutcomeClass } from '@sluice/engine';
import { type FetchDefinition, listPath, readFetchDefinition } from '@sluice/engine/records';
import { openLedger, openReader, type RunRow } from '@sluice/ledger';
import { Command } from 'commander';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';
import { type Host, writeLine } from '../host.ts';
import type { DrivenRun } from '../run/drive-run.ts';
import { prepareFetch } from '../run/fetch-run.ts';
import { findLedger } from '../run/find-run.ts';
import { defaultLedger, spoolPath } from '../run/ledger-path.ts';
import { markForRetry } from '../run/mark-for-retry.ts';
import type { ResumeSettings } from '../run/run-settings.ts';
import { plural } from '../text/numbers.ts';
import { printable } from '../text/printable.ts';
import type { Action } from './action.ts';
import { collect, parseClasses } from './parse-option.ts';
import { addResumeOptions } from './run-options.ts';

interface RetryOptions extends ResumeSettings {
  readonly class?: readonly OutcomeClass[];
  readonly host?: readonly string[];
  readonly key?: readonly string[];
  readonly mark?: boolean;
}

/** `sluice retry`: failed items are tried again. */
export function retryCommand(host: Host, action: Action): Command {
  const command = new Command('retry')
    .description('mark failed items to be tried again, all or some, and go on with the run')
    .argument('[run]', 'ledger or run id (default: the newest run here)')
    .option(
      '--class <classes>',
      'only items of these outcome classes, separated by commas; in-doubt takes held items too',
      parseClasses,
    )
    .option('--host <host>', 'only items of this host; may be repeated', collect)
    .option('--key <key>', 'only this item; may be repeated', collect)
    .option('--mark', 'only mark them: the next fetch of the list tries them');
  return addResumeOptions(command)
    .addHelpText('after', '\nExample:\n  $ sluice retry urls.run.db --class server,connect -o pages.jsonl')
    .action((name: string | undefined, options: RetryOptions) =>
      action(async () => {
        const path = await findLedger(name);
        const start = options.mark === true ? undefined : await prepareToGoOn(path, options, host);
        const marked = await mark(path, options);
        if (options.quiet !== true && options.json !== true) {
          writeLine(host.stderr, `${plural(marked, 'item')} marked to be tried again in ${printable(path)}`);
        }
        return start === undefined || marked === 0 ? EXIT.ok : (await start()).exitCode;
      }),
    );
}

async function mark(path: string, { class: classes, host: hosts, key: keys }: RetryOptions): Promise<number> {
  await using ledger = await openLedger(path);
  return await markForRetry(ledger, { classes, hosts, keys });
}

/** Everything that would keep the run from going on is found before anything is marked. */
async function prepareToGoOn(path: string, options: RetryOptions, host: Host): Promise<() => Promise<DrivenRun>> {
  const run = await readRun(path);
  const definition = definitionOf(run, path);
  const list = listPath(definition, path);
  const isSpooled = list === '-' && existsSync(spoolPath(path));
  if (list === '-' && !isSpooled) refuseUnreadStdin(run, path);
  const headers = Object.entries(definition.headers).map(([name, value]) => `${name}: ${value}`);
  const resume = [
    'fetch',
    list,
    ...(defaultLedger(list) === join(path) ? [] : ['--ledger', path]),
    ...headers.flatMap((header) => ['--header', header]),
    ...(definition.contact === null ? [] : ['--contact', definition.contact]),
    ...(definition.store === undefined ? [] : ['--store', definition.store]),
    ...(options.output === undefined ? [] : ['-o', options.output]),
  ];
  // The end of standard input was reached before: nothing of it is read any more but what was kept.
  const nothing = Readable.from([]);
  const source =
    list === '-' ? { source: isSpooled ? from.spooled(nothing, spoolPath(path)) : from.lines(nothing) } : {};
  const contact = definition.contact ?? undefined;
  const { store } = definition;
  return prepareFetch({ list, ledger: path, headers, contact, store, options, resume, hasWork: true, ...source }, host);
}

async function readRun(path: string): Promise<RunRow> {
  await using reader = await openReader(path);
  return await reader.run();
}

function definitionOf(run: RunRow, path: string): FetchDefinition {
  const definition = readFetchDefinition(run);
  if (definition !== undefined) return definition;
  throw new CommandError(
    'SLUICE_CLI_NOT_RESUMABLE',
    `the run in ${printable(path)} belongs to a program (kind ${printable(run.kind, 40)}): mark its items with --mark, and run that program again`,
  );
}

function refuseUnreadStdin(run: RunRow, path: string): void {
  if (run.sourceDone) return;
  throw new CommandError(
    'SLUICE_CLI_NOT_RESUMABLE',
    `the list of the run in ${printable(path)} came from standard input and was not read to its end: mark with --mark, and give the list to sluice fetch - --ledger ${printable(path)} again`,
  );
}
