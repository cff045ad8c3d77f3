import { pathToFileURL } from 'node:url';
import { UsageError } from '@sluice/core';
import type { Job, JobOptions } from './job.ts';

/** Where an event loop in another thread finds a job. */
export interface JobModule {
  /** URL of the module, `import.meta.url` in it; or its absolute path. */
  readonly url: string;
  /** The export that is the job, or the function of `data` that makes it. Default `default`. */
  readonly exportName?: string;
  /** What that function is given: anything that can be copied to another thread. */
  readonly data?: unknown;
}

/** What {@link JobOptions.module} says, as an object. @throws UsageError for what is no URL and no path */
export function jobModule(module: string | URL | JobModule): JobModule {
  if (typeof module !== 'string' && !(module instanceof URL)) return { ...module, url: urlOf(module.url) };
  return { url: urlOf(module) };
}

function urlOf(url: string | URL): string {
  if (url instanceof URL) return url.href;
  if (URL.canParse(url)) return url;
  if (url.startsWith('/')) return pathToFileURL(url).href;
  throw new UsageError(`module: '${url}' is no URL and no absolute path: give it import.meta.url`);
}

/** Imports the job. @throws UsageError when there is none */
export async function importJob({
  url,
  exportName = 'default',
  data,
}: JobModule): Promise<JobOptions<unknown, unknown>> {
  const exports = (await import(url)) as Readonly<Record<string, unknown>>;
  const found = exports[exportName];
  const job = (typeof found === 'function' ? await (found as (data: unknown) => unknown)(data) : found) as
    | Partial<Job<unknown, unknown>>
    | undefined;
  if (typeof job?.options?.step === 'function') return job.options;
  throw new UsageError(
    `the export '${exportName}' of ${url} is no job: export what defineJob() gives, or a function that gives it`,
  );
}
