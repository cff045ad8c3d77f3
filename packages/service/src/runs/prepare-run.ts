import { writeFile } from 'node:fs/promises';
import { ServiceError } from '../errors/service-error.ts';
import type { ListStore } from '../lists/list-store.ts';
import type { RunOptions, Submission } from '../schemas/submission-schema.ts';
import type { RunFiles } from './catalogue.ts';
import { type AnyJob, findJob, listJob, makeJob, storedListPath } from './make-job.ts';
import { type Recipe, type Recipes, type Work, writeRecipe } from './recipe.ts';
import type { Summaries } from './summaries.ts';

/** A run that can be carried on. */
export interface PreparedRun {
  readonly files: RunFiles;
  /** Undefined for a run that the service did not start. */
  readonly recipe: Recipe | undefined;
  readonly job: AnyJob;
}

/** What runs are made of. */
export interface PreparationGround {
  readonly jobs: Readonly<Record<string, AnyJob>>;
  readonly lists: ListStore;
  /** Whether fetches may call private addresses. */
  readonly allowPrivate: boolean;
}

/** Writes down a new run, so that it can be carried on by this process or a later one. @throws ServiceError for a list or job that is not there */
export async function prepareNew(
  files: RunFiles,
  submission: Submission,
  idempotency: Recipe['idempotency'],
  ground: PreparationGround,
): Promise<PreparedRun> {
  const recipe: Recipe = {
    version: 1,
    work: await workOf(submission, ground),
    options: optionsOf(submission),
    idempotency,
  };
  const job = jobOf(recipe, files, ground);
  if ('urls' in submission) {
    await writeFile(files.urls, `${submission.urls.join('\n')}\n`, { flag: 'wx', flush: true, mode: 0o600 });
  }
  await writeRecipe(files.recipe, recipe);
  return { files, recipe, job };
}

/** What is needed to go on with a run that rests. @throws ServiceError `SLUICE_SERVICE_NOT_RESUMABLE` where that is not known here */
export async function prepareAgain(
  files: RunFiles,
  known: { readonly recipes: Recipes; readonly summaries: Summaries },
  ground: PreparationGround,
): Promise<PreparedRun> {
  const recipe = await known.recipes.read(files.recipe);
  if (recipe !== undefined) return { files, recipe, job: jobOf(recipe, files, ground) };
  const summary = await known.summaries.of(files.ledger);
  if (summary.kind === 'ledger') {
    const list = storedListPath(files.ledger, summary.ledger);
    if (list !== undefined) return { files, recipe, job: listJob(list, files.ledger, ground.allowPrivate) };
  }
  throw new ServiceError(
    'SLUICE_SERVICE_NOT_RESUMABLE',
    'the run was started elsewhere, from a program, from standard input or with headers: go on with it there',
  );
}

async function workOf(submission: Submission, { jobs, lists }: PreparationGround): Promise<Work> {
  if ('job' in submission) {
    findJob(jobs, submission.job);
    return { job: submission.job };
  }
  if (!('list' in submission)) return { verb: 'fetch', list: null };
  await lists.require(submission.list);
  return { verb: 'fetch', list: submission.list };
}

function optionsOf(submission: Submission): RunOptions {
  const { concurrency, perHost, rate, delay, maxErrors, timeout, retries } = submission;
  return {
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(perHost === undefined ? {} : { perHost }),
    ...(rate === undefined ? {} : { rate }),
    ...(delay === undefined ? {} : { delay }),
    ...(maxErrors === undefined ? {} : { maxErrors }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(retries === undefined ? {} : { retries }),
  };
}

function jobOf(recipe: Recipe, files: RunFiles, { jobs, lists, allowPrivate }: PreparationGround): AnyJob {
  return makeJob(recipe, files, { jobs, allowPrivate, listPath: (id) => lists.pathOf(id) });
}
