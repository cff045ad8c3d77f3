import { dirname, join, relative } from 'node:path';
import { defineJob, fetchJob, from, type Job, OUTCOME_CLASSES, type RetryPolicyOptions } from '@sluice/engine';
import { ServiceError } from '../errors/service-error.ts';
import type { RunOptions } from '../schemas/submission-schema.ts';
import type { RunFiles } from './catalogue.ts';
import type { Recipe } from './recipe.ts';

// biome-ignore lint/suspicious/noExplicitAny: jobs of all inputs and outputs are kept in one table
export type AnyJob = Job<any, any>;

/** Where the work of a run comes from. */
export interface JobSources {
  readonly jobs: Readonly<Record<string, AnyJob>>;
  /** Path of an uploaded list. */
  readonly listPath: (id: string) => string;
}

/** The job of a recipe, as fast as its options say. @throws ServiceError for a job that is not registered (any more) */
export function makeJob({ work, options }: Recipe, files: RunFiles, sources: JobSources): AnyJob {
  const speed = speedOf(options);
  if ('job' in work) {
    const job = findJob(sources.jobs, work.job);
    return defineJob({ ...job.options, ...speed });
  }
  return listJob(work.list === null ? files.urls : sources.listPath(work.list), files.ledger, speed);
}

/** The registered job of that name. @throws ServiceError `SLUICE_SERVICE_NO_JOB` */
export function findJob(jobs: Readonly<Record<string, AnyJob>>, name: string): AnyJob {
  if (Object.hasOwn(jobs, name)) return jobs[name]!;
  const known = Object.keys(jobs);
  throw new ServiceError(
    'SLUICE_SERVICE_NO_JOB',
    known.length === 0
      ? `there is no job '${name}': this service was started without jobs`
      : `there is no job '${name}': there are ${known.join(', ')}`,
  );
}

/**
 * A fetch of the list at a path. What it keeps in the ledger is what the command line keeps, so that either can go on with a run of the other.
 */
export function listJob(list: string, ledger: string, speed: ReturnType<typeof speedOf> = {}): AnyJob {
  const job = fetchJob({ source: from.lines(list), ...speed });
  const stored = relative(dirname(ledger), list);
  return defineJob({
    ...job.options,
    definition: { ...job.options.definition, fetch: { list: stored, headers: {}, contact: null } },
  });
}

/** The list of a fetch that the command line started; undefined where the service cannot go on with a run. */
export function storedListPath(ledger: string, kind: string, definition: string): string | undefined {
  if (kind !== 'fetch') return undefined;
  const { fetch } = JSON.parse(definition) as {
    fetch?: { list: string | null; headers: Record<string, string>; contact: string | null };
  };
  // Headers may name secrets of the process that sent them, which this one does not have.
  if (typeof fetch?.list !== 'string' || Object.keys(fetch.headers).length > 0 || fetch.contact !== null)
    return undefined;
  return join(dirname(ledger), fetch.list);
}

function speedOf(options: RunOptions): {
  concurrency?: number;
  perHost?: number;
  timeout?: `${number}s`;
  retry?: RetryPolicyOptions;
} {
  const { concurrency, perHost, timeout, retries } = options;
  return {
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(perHost === undefined ? {} : { perHost }),
    ...(timeout === undefined ? {} : { timeout: timeout as `${number}s` }),
    ...(retries === undefined ? {} : { retry: retryOf(retries) }),
  };
}

/** So many retries for every class that is retried often by default, and no other class more often. */
function retryOf(retries: number): RetryPolicyOptions {
  const usual = OUTCOME_CLASSES.server.retries;
  const often = Object.entries(OUTCOME_CLASSES).filter(([name, rule]) => name !== 'throttled' && rule.retries >= usual);
  return { ...Object.fromEntries(often.map(([name]) => [name, retries])), attempts: retries + 1 };
}
