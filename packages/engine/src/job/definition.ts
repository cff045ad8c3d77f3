import { createHash } from 'node:crypto';
import type { JobOptions } from './job.ts';

/**
 * What a run's results depend on, as JSON text without secrets: resuming with another one would mix results. How fast it goes
 * (concurrency, timeouts, retries) is not part of it.
 */
export function definitionOf<Input, Output>(job: JobOptions<Input, Output>): string {
  return JSON.stringify({
    kind: job.kind ?? 'job',
    idempotent: job.idempotent ?? false,
    ...(job.store === undefined || job.store === 'body' ? {} : { store: job.store }),
    ...(job.definition ?? { step: hashOf(job.step), key: job.key === undefined ? null : hashOf(job.key) }),
  });
}

function hashOf(fn: (...args: never[]) => unknown): string {
  return createHash('sha256').update(String(fn)).digest('hex').slice(0, 32);
}
