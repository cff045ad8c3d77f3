import { Session } from '@sluice/http';
import type { Ledger } from '@sluice/ledger';
import type { JobOptions } from '../../src/job/job.ts';
import { ActiveRun } from '../../src/run/active-run.ts';
import { OwnAttempts } from '../../src/run/attempt-maker.ts';
import { Counters } from '../../src/run/counters.ts';
import { GateSettings } from '../../src/run/gate-settings.ts';
import { RunLoop } from '../../src/run/run-loop.ts';
import { StepTools } from '../../src/step/step-tools.ts';

/** A run on a ledger that the test opened: with a limit of its own, or something between it and the engine. */
export async function assembleRun<Input, Output>(
  job: JobOptions<Input, Output>,
  ledger: Ledger,
): Promise<ActiveRun<Input, Output>> {
  const log = `${ledger.path}.log`;
  const tools = new StepTools({ session: new Session(job.http), database: job.database, log });
  const counters = new Counters(await ledger.counts());
  const settings = new GateSettings({ concurrency: 16, perHost: 16, ...job });
  const { cursor, sourceDone, total } = ledger.run;
  const ground = {
    job,
    ledger,
    cursor,
    sourceDone,
    total,
    isReadAgain: false,
    attempts: new OwnAttempts(job, tools),
    counters,
    settings,
    graceMs: 10_000,
  };
  const loop = new RunLoop<Input, Output>({ ...ground, random: Math.random });
  return new ActiveRun({ ...ground, loop, signal: undefined });
}
