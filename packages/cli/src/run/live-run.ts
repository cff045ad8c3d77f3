import { SluiceError } from '@sluice/core';
import { answerRequests, askProcess } from '@sluice/core/node';
import type { HostGateState, Progress, RunChange, RunHandle } from '@sluice/engine';
import type { LedgerReader } from '@sluice/ledger';
import { CommandError } from '../command-error.ts';
import { printable } from '../text/printable.ts';

/** What is asked of a run that is under way. */
interface RunRequest {
  /** Its id: a process may hold several. */
  readonly id: string;
  /** Bounds to change before it answers. */
  readonly set?: RunChange;
}

/** How a run that is under way stands. */
export interface LiveRun {
  readonly progress: Progress;
  /** The hosts with work, those with the most of it first. */
  readonly hosts: readonly HostGateState[];
}

const NAME = 'run';

/** Lets other commands of this user look at a run and change its bounds, until it is disposed of. */
export function answerForRun(handle: RunHandle): Disposable {
  return answerRequests(NAME, (argument): LiveRun => {
    const { id, set } = argument as RunRequest;
    if (id !== handle.runId) throw new CommandError('SLUICE_CLI_NO_RUN', `this process does not hold the run ${id}`);
    if (set !== undefined) handle.set(set);
    return { progress: handle.progress(), hosts: handle.gates() };
  });
}

/** Asks a live run how it stands; undefined when no process holds it, or the one that does cannot be asked. */
export async function lookAtRun(reader: LedgerReader): Promise<LiveRun | undefined> {
  const { id, ownerPid } = await reader.run();
  if (ownerPid === null) return undefined;
  try {
    return (await askProcess(ownerPid, NAME, { id }, { timeout: '2s' })) as LiveRun;
  } catch (error) {
    if (error instanceof SluiceError) return undefined;
    throw error;
  }
}

/** Changes bounds of a live run. @throws CommandError when no process holds it, TaskTreeError when that one refuses */
export async function changeRun(reader: LedgerReader, set: RunChange): Promise<LiveRun> {
  const { id, ownerPid } = await reader.run();
  if (ownerPid === null) {
    throw new CommandError(
      'SLUICE_CLI_NO_RUN',
      `no process holds ${printable(reader.path)} now: give the options to the command that goes on with it`,
    );
  }
  return (await askProcess(ownerPid, NAME, { id, set } satisfies RunRequest)) as LiveRun;
}
