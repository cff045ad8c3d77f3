import type { RunRow } from '@sluice/ledger';

/** How a run stands, for a person: what its ledger says, and whether the process that owns it is there. */
export type RunStanding = 'running' | 'interrupted' | 'stopped' | 'complete';

/** A run that its ledger calls running, and whose process is gone, was interrupted. */
export function runStanding(run: RunRow): RunStanding {
  if (run.state !== 'running') return run.state;
  return run.ownerPid !== null && isAlive(run.ownerPid) ? 'running' : 'interrupted';
}

/** What each standing means. */
export const STANDING_TEXT: Readonly<Record<RunStanding, string>> = {
  running: 'running',
  interrupted: 'interrupted (its process is gone); it can be resumed',
  stopped: 'stopped; it can be resumed',
  complete: 'complete',
};

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
