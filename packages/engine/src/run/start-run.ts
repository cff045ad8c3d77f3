import { parseDuration } from '@sluice/core';
import { Session } from '@sluice/http';
import type { JobOptions, JobRunOptions, RunHandle } from '../job/job.ts';
import { StepTools } from '../step/step-tools.ts';
import { ActiveRun } from './active-run.ts';
import { Counters } from './counters.ts';
import { GateSettings } from './gate-settings.ts';
import { type OpenedRun, openRun } from './open-run.ts';
import { type RunGround, RunLoop } from './run-loop.ts';
import { seededRandom } from './seeded-random.ts';

/** Opens the ledger, begins the run and gives a handle on it. */
export async function startRun<Input, Output>(
  job: JobOptions<Input, Output>,
  options: JobRunOptions,
): Promise<RunHandle> {
  const settings = new GateSettings(job);
  const graceMs = parseDuration(options.grace ?? '10s');
  const { hosts: _, ...http } = job.http ?? {};
  // The gates bound the requests to a host; what is kept is what they let through.
  const session = new Session({ maxConnectionsPerOrigin: settings.connections, ...http });
  const log = options.log ?? `${options.ledger.replace(/\.db$/, '')}.log`;
  const tools = new StepTools({ session, database: job.database, log });
  try {
    const opened = await openRun(job, options);
    return await begin(job, options, { ...opened, tools, settings, graceMs });
  } catch (error) {
    await tools.close();
    throw error;
  }
}

async function begin<Input, Output>(
  job: JobOptions<Input, Output>,
  options: JobRunOptions,
  opened: OpenedRun & Pick<RunGround<Input, Output>, 'tools' | 'settings' | 'graceMs'>,
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
