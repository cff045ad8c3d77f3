import { startLab } from '@sluice/lab';
import { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import { type Host, writeLine } from '../host.ts';
import { printable } from '../text/printable.ts';
import type { Action } from './action.ts';
import { parseCountOrZero, parsePort } from './parse-option.ts';

interface LabCommandOptions {
  readonly port: number;
  readonly seed: number;
  readonly log?: boolean;
}

/** `sluice lab`: the local server to try things on, until it is interrupted. */
export function labCommandOf(host: Host, action: Action): Command {
  return new Command('lab')
    .description('run a local server with friendly, slow and hostile routes, to try things on; / lists them')
    .option('--port <port>', 'where it listens, on 127.0.0.1; 0 is any free port', parsePort, 0)
    .option('--seed <n>', 'what looks random is drawn from it', parseCountOrZero, 1)
    .option('--log', 'a line for each request, on stderr')
    .addHelpText('after', '\nExample:\n  $ sluice lab --port 8080\n  $ curl http://127.0.0.1:8080/item/7')
    .action((options: LabCommandOptions) =>
      action(async () => {
        const log = (line: string): void => writeLine(host.stderr, printable(line, 500));
        await using lab = await startLab({
          port: options.port,
          seed: options.seed,
          hostile: true,
          ...(options.log === true ? { log } : {}),
        });
        // Whoever reads the URL may stop the lab at once.
        const stopped = signalToStop();
        writeLine(host.stdout, lab.url);
        writeLine(host.stderr, 'the lab is open, / lists its routes; Ctrl-C closes it');
        await stopped;
        return EXIT.ok;
      }),
    );
}

/** Settles at the first SIGINT or SIGTERM; one that npm or the launcher passes on once more changes nothing. */
export function signalToStop(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  process.on('SIGINT', resolve);
  process.on('SIGTERM', resolve);
  return promise;
}
