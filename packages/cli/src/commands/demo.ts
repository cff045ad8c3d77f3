import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { from } from '@sluice/engine';
import { labUrls } from '@sluice/lab';
import { Command } from 'commander';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { columnsOf, type Host, programName, writeLine } from '../host.ts';
import { startLabThread } from '../lab/start-lab-thread.ts';
import type { DrivenRun } from '../run/drive-run.ts';
import { prepareFetch } from '../run/fetch-run.ts';
import { labCommand, writeLabOfList } from '../run/lab-of-list.ts';
import { defaultLedger } from '../run/ledger-path.ts';
import type { RunSettings } from '../run/run-settings.ts';
import { flow, renderLine, span } from '../text/line.ts';
import { formatCount } from '../text/numbers.ts';
import { noPaint } from '../text/paint.ts';
import { shellCommand } from '../text/shell-quote.ts';
import type { Action } from './action.ts';
import { addRunOptions } from './run-options.ts';

const URLS = 2000;
const SEED = 1;
const FOLDER = 'sluice-runs';

/** `sluice demo`: what `npm start` runs. */
export function demoCommand(host: Host, action: Action): Command {
  const command = new Command('demo')
    .description(`fetch ${formatCount(URLS)} URLs of a lab of its own, or your list, in a new folder under ./${FOLDER}`)
    .argument('[list]', 'file of URLs (default: a demo list of the lab)');
  return addRunOptions(command)
    .addHelpText('after', '\nExamples:\n  $ sluice demo\n  $ sluice demo urls.txt')
    .action((list: string | undefined, options: RunSettings) =>
      action(() => (list === undefined ? demoOnLab(options, host) : demoOnList(list, options, host))),
    );
}

async function demoOnLab(options: RunSettings, host: Host): Promise<ExitCode> {
  const folder = await newRunFolder();
  const list = join(folder, 'urls.txt');
  await using lab = await startLabThread({ port: 0, seed: SEED });
  await writeFile(list, `${[...labUrls(lab.url, URLS)].join('\n')}\n`);
  await writeLabOfList(list, { port: lab.port, seed: SEED });
  const say = (line: string): void => {
    if (options.quiet === true || options.json === true) return;
    const columns = columnsOf(host.stderr) - 1;
    const words = line.split(' ').map((word) => [span(word)]);
    for (const part of flow(words, columns, 1)) writeLine(host.stderr, renderLine(part, columns, noPaint));
  };
  say(
    `${formatCount(URLS)} URLs of a lab on ${lab.url}: most answer well, some are slow, some fail at first, and some always.`,
  );
  say('');
  const { report, exitCode } = await fetchNow(list, options, host);
  say('');
  if (report.state === 'complete') say('Failures are expected here: the lab makes them.');
  say('The lab ends with this command. Before you go on or try again, start it in another terminal:');
  say(`${programName(host)} ${shellCommand(labCommand({ port: lab.port, seed: SEED }))}`);
  return report.state === 'complete' ? EXIT.ok : exitCode;
}

async function demoOnList(list: string, options: RunSettings, host: Host): Promise<ExitCode> {
  await from.lines(list).facts();
  const folder = await newRunFolder();
  const copy = join(folder, basename(list));
  await copyFile(list, copy);
  return (await fetchNow(copy, options, host)).exitCode;
}

async function fetchNow(list: string, options: RunSettings, host: Host): Promise<DrivenRun> {
  const run = { list, ledger: defaultLedger(list), headers: [], contact: undefined, options, resume: ['fetch', list] };
  return (await prepareFetch(run, host))();
}

/** A new folder named after the moment, `2026-11-23T14-05-09`; of several in one second each has its own. */
async function newRunFolder(): Promise<string> {
  const now = new Date();
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000);
  const name = local.toISOString().slice(0, 19).replaceAll(':', '-');
  await mkdir(FOLDER, { recursive: true });
  for (let number = 1; ; number++) {
    const folder = join(FOLDER, number === 1 ? name : `${name}-${number}`);
    try {
      await mkdir(folder);
      return folder;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
