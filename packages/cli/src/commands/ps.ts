import { formatTaskTree, type TaskTree } from '@sluice/core';
import { exposedProcesses, readTaskTree } from '@sluice/core/node';
import { Command } from 'commander';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';
import { type Host, writeLine } from '../host.ts';
import { openRun } from '../run/find-run.ts';
import { printable } from '../text/printable.ts';
import type { Action } from './action.ts';

/** `sluice ps`: the live task tree of a process. */
export function psCommand(host: Host, action: Action): Command {
  return new Command('ps')
    .description('show the live task tree of a run or a process: what each task waits for, and since when')
    .argument('[target]', 'ledger, run id or process id (default: every process that shows its tree)')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Runs of this command line and of sluice serve show their tree. A program of your own does so with
SLUICE_PS=1, when it imports @sluice/core/node, or with exposeTaskTree(). Only your own processes
are seen.

Example:
  $ sluice ps urls.run.db`,
    )
    .action((target: string | undefined, options: { readonly json?: boolean }) =>
      action(async () => {
        const pids = target === undefined ? await exposedProcesses() : [await pidOf(target)];
        if (pids.length === 0) writeLine(host.stderr, 'no process shows its task tree: nothing of sluice runs here');
        for (const pid of pids) show(pid, await readTaskTree(pid), options.json === true, host);
        return EXIT.ok;
      }),
    );
}

/** The process that a target means: by its number, or the one that holds a run. */
async function pidOf(target: string): Promise<number> {
  if (/^\d+$/.test(target)) return Number(target);
  await using reader = await openRun(target);
  const { ownerPid } = await reader.run();
  if (ownerPid !== null) return ownerPid;
  throw new CommandError('SLUICE_CLI_NO_RUN', `no process holds ${printable(reader.path)} now: it is not under way`);
}

function show(pid: number, tree: TaskTree, asJson: boolean, host: Host): void {
  if (asJson) {
    writeLine(host.stdout, JSON.stringify({ pid, tree }));
    return;
  }
  writeLine(host.stdout, `process ${pid}`);
  for (const line of formatTaskTree(tree).split('\n')) writeLine(host.stdout, printable(line, 400));
}
