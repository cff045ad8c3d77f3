import { availableParallelism } from 'node:os';
import type { ResourceLimits } from 'node:worker_threads';
import { UsageError } from '@sluice/core';
import { type CancelMode, Pool } from './pool/pool.ts';
import { startProcess } from './remote/process-remote.ts';
import { startThread } from './remote/thread-remote.ts';

export interface OffloadOptions {
  /** `'thread'` (default) computes in parallel in this process. `'process'` costs more and protects more: a crash in native code stays there. */
  readonly kind?: 'thread' | 'process';
  /** How many calls run at once, each on its own worker. Default: one fewer than the machine has cores, at least 1. */
  readonly threads?: number;
  /** Names the workers in errors and debuggers. Default: the module's file name. */
  readonly name?: string;
  /** How many calls may wait for a worker; further ones fail with `SLUICE_OFFLOAD_QUEUE_FULL`. Default: no limit. */
  readonly maxQueue?: number;
  /**
   * What a cancel does to a call that runs (one that waits only leaves the queue). `'terminate'` (default) ends the worker, which is replaced, and the call
   * ends when the worker is gone. `'wait'` lets it end and gives its result; the cancel is met at the next checkpoint. `'abandon'` returns at once; the
   * worker is free again when the call has ended, and the program does not wait for it.
   */
  readonly onCancel?: CancelMode;
  /** What a thread may use (`maxOldGenerationSizeMb`, `stackSizeMb`, …); beyond it the call fails with `SLUICE_OFFLOAD_OUT_OF_MEMORY`. Threads only. */
  readonly resourceLimits?: ResourceLimits;
  /** Flags of Node for the workers: `['--max-old-space-size=512']`, `['--import', 'tsx']`. Default none: those of the program are not handed on. */
  readonly execArgv?: readonly string[];
}

/** @throws UsageError for options that cannot be met. */
export function createPool(defaultName: string, options: OffloadOptions): Pool {
  const { kind = 'thread', name = defaultName, execArgv = [], resourceLimits, onCancel = 'terminate' } = options;
  const maxWorkers = options.threads ?? Math.max(1, availableParallelism() - 1);
  if (!Number.isInteger(maxWorkers) || maxWorkers < 1) {
    throw new UsageError(`threads must be a whole number of 1 or more, not ${String(maxWorkers)}`);
  }
  const maxQueue = options.maxQueue ?? Number.POSITIVE_INFINITY;
  if (!(maxQueue >= 0)) throw new UsageError(`maxQueue must be a number of 0 or more, not ${String(maxQueue)}`);
  if (kind === 'process' && resourceLimits !== undefined) {
    throw new UsageError(
      "resourceLimits are for threads: a process is limited by flags, execArgv: ['--max-old-space-size=512']",
    );
  }
  const startRemote = kind === 'process' ? startProcess : startThread;
  return new Pool({
    kind,
    name,
    maxWorkers,
    maxQueue,
    onCancel,
    start: (listener, workerName) => startRemote(listener, { name: workerName, execArgv, resourceLimits }),
  });
}
