import { parseDuration, UsageError } from '@sluice/core';
import { Session } from '@sluice/http';
import type { JobOptions, JobRunOptions, RunHandle } from '../job/job.ts';
import { StepTools } from '../step/step-tools.ts';
import { ActiveRun } from './active-run.ts';
import { Counters } from './counters.ts';
import { type OpenedRun, openRun } from './open-run.ts';
import { type RunGround, RunLoop } from './run-loop.ts';
import { seededRandom } from './seeded-random.ts';

const DEFAULT_CONCURRENCY = 256;
const DEFAULT_PER_HOST = 32;

/** Opens the ledger, begins the run and gives a handle on it. */
export async function startRun<Input, Output>(
  job: JobOptions<Input, Output>,
  options: JobRunOptions,
): Promise<RunHandle> {
  const concurrency = wholeNumber(job.concurrency ?? DEFAULT_CONCURRENCY, 'concurrency');
  const perHost = wholeNumber(job.perHost ?? DEFAULT_PER_HOST, 'perHost');
  const graceMs = parseDuration(options.grace ?? '10s');
  const session = new Session({ maxConnectionsPerOrigin: perHost, ...job.http });
  const log = options.log ?? `${options.ledger.replace(/\.db$/, '')}.log`;
  const tools = new StepTools({ session, database: job.database, log });
  try {
    const opened = await openRun(job, options);
    return await begin(job, options, { ...opened, tools, concurrency, perHost, graceMs });
  } catch (error) {
    await tools.close();
    throw error;
  }
}

async function begin<Input, Output>(
  job: JobOptions<Input, Output>,
  options: JobRunOptions,
  opened: OpenedRun & Pick<RunGround<Input, Output>, 'tools' | 'concurrency' | 'perHost' | 'graceMs'>,
): Promise<RunHandle> {
  const { ledger } = opened;
  try {
    const counters = new Counters(await ledger.counts());
    const random = seededRandom(ledger.run.seed + counters.settled);
    const loop = new RunLoop<Input, Output>({ ...opened, job, counters, random });
    return new ActiveRun({ ...opened, job, counters, loop, signal: options.signal });
  } catch (error) {
    await ledger.close();
    throw error;
  }
}

function wholeNumber(value: number, name: string): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new UsageError(`${name} must be a whole number of 1 or more, not ${String(value)}`);
}
