import { readFile } from 'node:fs/promises';
import type { TaskTree } from '@sluice/core';
import { TimeoutError } from '@sluice/core';
import { readTaskTree, TaskTreeError } from '@sluice/core/node';

/** What the system knows of a process. */
interface Usage {
  /** `R`, `S`, `T` … of proc(5). */
  readonly state: string;
  readonly cpuSeconds: number;
  readonly at: number;
}

/**
 * The task tree of a process.
 *
 * @throws TaskTreeError when it shows none, and when it does not answer: then the message says what it does instead, as far as the system tells.
 */
export async function readTree(pid: number): Promise<TaskTree> {
  const before = await usageOf(pid);
  try {
    return await readTaskTree(pid);
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    throw new TaskTreeError(`process ${pid} does not answer: ${describeSilence(before, await usageOf(pid), pid)}`, {
      cause: error,
    });
  }
}

function describeSilence(before: Usage | undefined, after: Usage | undefined, pid: number): string {
  if (after?.state === 'T') return `it is stopped; kill -CONT ${pid} lets it go on`;
  const advice = 'SLUICE_DEBUG=1, or loopMonitor() in it, names the task and the line';
  if (before === undefined || after === undefined) return `its event loop is blocked; ${advice}`;
  const share = (100 * (after.cpuSeconds - before.cpuSeconds)) / ((after.at - before.at) / 1000);
  const how = share >= 20 ? `by code that computes (${Math.round(share)} % of a CPU)` : 'by a call that waits';
  return `its event loop is blocked ${how}; ${advice}`;
}

/** Undefined where the system does not tell (only Linux does). */
async function usageOf(pid: number): Promise<Usage | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name before may hold spaces and brackets; times are in hundredths of a second.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const cpuSeconds = (Number(fields[10]) + Number(fields[11])) / 100;
    return { state: state!, cpuSeconds, at: performance.now() };
  } catch {
    return undefined;
  }
}
