import { availableParallelism } from 'node:os';
import { parseDuration, UsageError } from '@sluice/core';
import type { JobOptions, JobRunOptions, RunHandle } from '../job/job.ts';
import { refuseInLoop } from '../loops/here.ts';
import type { LoopPoolOptions } from '../loops/loop-pool.ts';
import { ActiveRun } from './active-run.ts';
import { type AttemptMaker, OwnAttempts } from './attempt-maker.ts';
import { Counters } from './counters.ts';
import { GateSettings } from './gate-settings.ts';
import { makeTools } from './make-tools.ts';
import { type OpenedRun, openRun } from './open-run.ts';
import { RunLoop } from './run-loop.ts';
import { seededRandom } from './seeded-random.ts';

const MOST_LOOPS = 64;
/** More than the ledger can keep up with. */
const MOST_AUTO_LOOPS = 8;

/** Opens the ledger, begins the run and gives a handle on it. */
export async function startRun<Input, Output>(
  job: JobOptions<Input, Output>,
  options: JobRunOptions,
): Promise<RunHandle> {
  refuseInLoop();
  const settings = new GateSettings(job);
  const graceMs = parseDuration(options.grace ?? '10s');
  const loops = countLoops(job, options);
  const log = `${options.ledger.replace(/\.db$/, '')}.log`;
  let attempts: AttemptMaker<Input> | undefined;
  // What is wrong with the options of the session is said before anything is touched.
  if (loops === 1) attempts = new OwnAttempts(job, makeTools(job, options.log ?? log));
  try {
    const opened = await openRun(job, options);
    try {
      const { ledger } = opened;
      attempts ??= await startLoops({ job, threads: loops, runId: ledger.run.id, log });
      const counters = new Counters(await ledger.counts());
      const random = seededRandom(ledger.run.seed + counters.settled);
      const ground = { ...opened, job, attempts, counters, settings, graceMs };
      const loop = new RunLoop<Input, Output>({ ...ground, random });
      return new ActiveRun({ ...ground, loop, signal: options.signal });
    } catch (error) {
      await giveUp(opened);
      throw error;
    }
  } catch (error) {
    await attempts?.close();
    throw error;
  }
}

async function giveUp({ ledger }: OpenedRun): Promise<void> {
  await ledger.updateRun({ state: 'stopped' });
  await ledger.close();
}

/** Most runs need no other loops: their code is loaded by those that do. */
async function startLoops<Input, Output>(options: LoopPoolOptions<Input, Output>): Promise<AttemptMaker<Input>> {
  const { LoopPool } = await import('../loops/loop-pool.ts');
  return await LoopPool.start(options);
}

/** @throws UsageError for options that do not go together */
function countLoops<Input, Output>(job: JobOptions<Input, Output>, { loops = 1, log }: JobRunOptions): number {
  const count = loops === 'auto' ? Math.max(1, Math.min(MOST_AUTO_LOOPS, availableParallelism() - 1)) : loops;
  if (!Number.isInteger(count) || count < 1 || count > MOST_LOOPS)
    throw new UsageError(`loops must be a whole number from 1 to ${MOST_LOOPS}, or 'auto', not ${String(loops)}`);
  if (count > 1 && job.module === undefined)
    throw new UsageError(
      'loops above 1 need to know where the job is: give defineJob `module: import.meta.url`, and make the job the default export of that module',
    );
  if (count > 1 && log !== undefined)
    throw new UsageError('loops above 1 write their log beside the ledger: a logger cannot be sent to another thread');
  return count;
}
