import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

/** How long a process may clean up between SIGTERM and SIGKILL. */
const GRACE_MS = 1000;
const POLL_MS = 10;
const hasGroups = process.platform !== 'win32';

const leaders = new Set<ChildProcess>();

/** Has the group of `leader` killed when this program ends, however busy it is then. */
export function killAtExit(leader: ChildProcess): void {
  if (leaders.size === 0) process.on('exit', killAll);
  leaders.add(leader);
}

function killAll(): void {
  for (const leader of leaders) signalGroup(leader, 'SIGKILL');
}

/** Ends a process with everything that it started: SIGTERM, and SIGKILL a second later for what is still there. */
export async function endGroup(leader: ChildProcess): Promise<void> {
  const deadline = performance.now() + GRACE_MS;
  let isAlive = signalGroup(leader, 'SIGTERM');
  while (isAlive && performance.now() < deadline) {
    await delay(POLL_MS);
    isAlive = signalGroup(leader, 0);
  }
  if (isAlive) signalGroup(leader, 'SIGKILL');
  leaders.delete(leader);
  if (leaders.size === 0) process.off('exit', killAll);
}

/** Whether anyone was there to get the signal. */
function signalGroup(leader: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (!hasGroups) return leader.kill(signal);
  try {
    return process.kill(-leader.pid!, signal);
  } catch {
    return false;
  }
}
