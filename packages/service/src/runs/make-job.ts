import {
  defineJob,
  fetchJob,
  from,
  type Job,
  type JobOptions,
  OUTCOME_CLASSES,
  type RetryPolicyOptions,
} from '@sluice/engine';
import { listPath, readFetchDefinition, storedList } from '@sluice/engine/records';
import { ServiceError } from '../errors/service-error.ts';
import type { RunOptions } from '../schemas/submission-schema.ts';
import type { RunFiles } from './catalogue.ts';
import type { Recipe } from './recipe.ts';
import type { LedgerSummary } from './summary-protocol.ts';

// biome-ignore lint/suspicious/noExplicitAny: jobs of all inputs and outputs are kept in one table
export type AnyJob = Job<any, any>;

/** Where the work of a run comes from. */
export interface JobSources {
  readonly jobs: Readonly<Record<string, AnyJob>>;
  /** Path of an uploaded list. */
  readonly listPath: (id: string) => string;
  /** Whether fetches may call private addresses. */
  readonly allowPrivate: boolean;
}

/** The job of a recipe, as fast as its options say. @throws ServiceError for a job that is not registered (any more) */
export function makeJob({ work, options }: Recipe, files: RunFiles, sources: JobSources): AnyJob {
  const speed = speedOf(options);
  if ('job' in work) {
    const job = findJob(sources.jobs, work.job);
    return defineJob({ ...job.options, ...speed });
  }
  const list = work.list === null ? files.urls : sources.listPath(work.list);
  return listJob(list, files.ledger, sources.allowPrivate, speed);
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
export function listJob(list: string, ledger: string, allowPrivate: boolean, speed: Speed = {}): AnyJob {
  return fetchJob({
    source: from.lines(list),
    definition: { list: storedList(list, ledger), headers: {}, contact: null },
    // The operator did not type these URLs: where private addresses may be called, it is by the operator's word, which http has as `typed`.
    http: { allowPrivate: allowPrivate ? 'typed' : false },
    ...speed,
  });
}

/** The list of a fetch that the command line started; undefined where the service cannot go on with a run. */
export function storedListPath(ledger: string, run: Pick<LedgerSummary, 'kind' | 'definition'>): string | undefined {
  const definition = readFetchDefinition(run);
  if (definition === undefined) return undefined;
  const { list, headers, contact, store } = definition;
  // The service keeps everything.
  if (store !== undefined) return undefined;
  // Headers may name secrets of the process that sent them, which this one does not have.
  if (list === null || Object.keys(headers).length > 0 || contact !== null) return undefined;
  return listPath(definition, ledger);
}

interface Speed extends Pick<JobOptions<never, unknown>, 'concurrency' | 'perHost' | 'rate' | 'delay' | 'maxErrors'> {
  readonly timeout?: `${number}s`;
  readonly retry?: RetryPolicyOptions;
}

function speedOf(options: RunOptions): Speed {
  const { concurrency, perHost, rate, delay, maxErrors, timeout, retries } = options;
  return {
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(perHost === undefined ? {} : { perHost }),
    ...(rate === undefined ? {} : { rate }),
    ...(delay === undefined ? {} : { delay: delay as `${number}s` }),
    ...(maxErrors === undefined ? {} : { maxErrors }),
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
