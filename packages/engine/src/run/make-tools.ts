import { parseDuration } from '@sluice/core';
import { Session } from '@sluice/http';
import type { Logger } from '@sluice/telemetry';
import type { JobOptions } from '../job/job.ts';
import { attemptLimitMs, requestOf } from '../step/one-request.ts';
import { StepTools } from '../step/step-tools.ts';
import { GateSettings } from './gate-settings.ts';

/** The tools of the steps of a job on one event loop; `log` is a logger or the path of a file. */
export function makeTools<Input, Output>(job: JobOptions<Input, Output>, log: Logger | string): StepTools {
  const { connections } = new GateSettings(job);
  const { hosts: _, ...http } = job.http ?? {};
  // The gates bound the requests to a host; what is kept is what they let through.
  const session = new Session({ maxConnectionsPerOrigin: connections, ...http, ...requestTimeout(job) });
  return new StepTools({ session, database: job.database, log });
}

/** Where an attempt is one request, the session's deadline is the attempt's: the shorter one of both. */
function requestTimeout<Input, Output>(job: JobOptions<Input, Output>): { readonly timeout?: number } {
  if (requestOf(job.step) === undefined) return {};
  const limitMs = attemptLimitMs(job);
  const { timeout } = job.http ?? {};
  return { timeout: timeout === undefined ? limitMs : Math.min(limitMs, parseDuration(timeout)) };
}
