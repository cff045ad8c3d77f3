import { Command } from 'commander';
import { CommandError } from '../command-error.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type Host, writeLine } from '../host.ts';
import { showTree } from '../run/show-tree.ts';
import { printable } from '../text/printable.ts';
import type { Action } from './action.ts';
import { signalToStop } from './lab.ts';
import { parseCount, parseDurationOption, parsePort, splitList } from './parse-option.ts';

interface ServeOptions {
  readonly host: string;
  readonly port: number;
  readonly folder: string;
  readonly token?: string;
  readonly allowHost?: string[];
  readonly allowPrivate?: boolean;
  readonly maxRuns: number;
  readonly grace: number;
}

/** `sluice serve`: the HTTP service over runs, until it is interrupted. */
export function serveCommand(host: Host, action: Action): Command {
  return new Command('serve')
    .description('serve runs over HTTP: submit, watch and stop them, with a page that shows them live')
    .option('--host <address>', 'where it listens; others than this machine need --token', '127.0.0.1')
    .option('--port <port>', '0 is any free port', parsePort, 8787)
    .option('--folder <folder>', 'where the ledgers lie', 'sluice-runs')
    .option('--token <env:NAME>', 'what callers must give, from a variable of the environment')
    .option('--allow-host <names>', 'names by which it is called, with commas', splitList)
    .option('--allow-private', 'whoever has the token may have private addresses called')
    .option('--max-runs <n>', 'runs that go on at once; the others are queued', parseCount, 4)
    .option(
      '--grace <duration>',
      'how long what is under way may go on when it is stopped',
      parseDurationOption,
      10_000,
    )
    .addHelpText(
      'after',
      `
The API is described at /openapi.json. Only built-in verbs can be submitted; jobs of your own are
registered in a program, with createService from @sluice/service.

Example:
  $ sluice serve
  $ curl -X POST http://127.0.0.1:8787/api/v1/runs -H 'content-type: application/json' \\
      -d '{"verb":"fetch","urls":["https://example.org/"]}'`,
    )
    .action((options: ServeOptions) => action(() => serve(options, host)));
}

async function serve(options: ServeOptions, host: Host): Promise<ExitCode> {
  // Only this command needs the web framework: the others start faster and smaller without it.
  const { createService } = await import('@sluice/service');
  const { token, allowHost, allowPrivate, ...rest } = options;
  await using _tree = await showTree();
  await using service = await createService({
    ...rest,
    ...(token === undefined ? {} : { token: secretOf(token, host) }),
    ...(allowHost === undefined ? {} : { allowedHosts: allowHost }),
    ...(allowPrivate === undefined ? {} : { allowPrivate }),
  });
  const stopped = signalToStop();
  writeLine(host.stdout, service.url);
  writeLine(
    host.stderr,
    `runs lie in ${printable(options.folder)}; open the address for the page, Ctrl-C closes the service`,
  );
  await stopped;
  writeLine(host.stderr, 'closing: what is under way may finish, the runs can be resumed');
  return EXIT.ok;
}

/** The value of a secret that is given as `env:NAME`. */
function secretOf(reference: string, host: Host): string {
  const name = /^env:([A-Za-z_]\w*)$/.exec(reference)?.[1];
  if (name === undefined) {
    throw new CommandError(
      'SLUICE_CLI_SECRET',
      'a token on the command line is seen by everyone on this machine: put it into a variable, and write --token env:NAME',
    );
  }
  const value = host.env[name];
  if (value === undefined || value === '')
    throw new CommandError('SLUICE_CLI_SECRET', `the variable ${name}, which --token names, is not set`);
  return value;
}
