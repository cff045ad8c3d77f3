import { mapSettled, type TaskTree } from '@sluice/core';
import { exposedProcesses } from '@sluice/core/node';
import { Command } from 'commander';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';
import { explainError } from '../explain-error.ts';
import { columnsOf, type Host, paintFor, writeLine } from '../host.ts';
import { layTree } from '../ps/lay-tree.ts';
import { readTree } from '../ps/silent-process.ts';
import { openRun } from '../run/find-run.ts';
import { renderLine } from '../text/line.ts';
import { printable } from '../text/printable.ts';
import type { Action } from './action.ts';

interface Options {
  readonly all?: boolean;
  readonly json?: boolean;
}

/** `sluice ps`: the live task tree of a process. */
export function psCommand(host: Host, action: Action): Command {
  return new Command('ps')
    .description('show the live task tree of a run or a process: what each task waits for, and since when')
    .argument('[target]', 'ledger, run id or process id (default: every process that shows its tree)')
    .option('--all', 'every task: not only the first of many that are alike')
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
    .action((target: string | undefined, options: Options) =>
      action(async () => {
        if (target === undefined) await showEvery(options, host);
        else {
          const pid = await pidOf(target);
          show(pid, await readTree(pid), options, host);
        }
        return EXIT.ok;
      }),
    );
}

/** A process that does not answer hides no other. */
async function showEvery(options: Options, host: Host): Promise<void> {
  const pids = await exposedProcesses();
  const trees = await mapSettled(pids, readTree);
  for (const [index, tree] of trees.entries()) {
    if (tree.status === 'fulfilled') show(pids[index]!, tree.value, options, host);
    else writeLine(host.stderr, `sluice: ${explainError(tree.reason).line}`);
  }
  if (pids.length === 0) writeLine(host.stderr, 'no process shows its task tree: nothing of sluice runs here');
}

/** The process that a target means: by its number, or the one that holds a run. */
async function pidOf(target: string): Promise<number> {
  if (/^\d+$/.test(target)) return Number(target);
  await using reader = await openRun(target);
  const { ownerPid } = await reader.run();
  if (ownerPid !== null) return ownerPid;
  throw new CommandError('SLUICE_CLI_NO_RUN', `no process holds ${printable(reader.path)} now: it is not under way`);
}

function show(pid: number, tree: TaskTree, { all = false, json = false }: Options, host: Host): void {
  if (json) {
    writeLine(host.stdout, JSON.stringify({ pid, tree }));
    return;
  }
  // Where nobody looks, nothing is cut: the next program in the pipe may search for it.
  const width = host.stdout.isTTY === true ? columnsOf(host.stdout) : Number.POSITIVE_INFINITY;
  const paint = paintFor(host, host.stdout);
  for (const line of layTree(pid, tree, width, all)) writeLine(host.stdout, renderLine(line, width, paint));
}
