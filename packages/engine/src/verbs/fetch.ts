import type { Reply } from '@sluice/http';
import { EngineError } from '../errors.ts';
import { defineJob } from '../job/define-job.ts';
import type { Job, JobOptions } from '../job/job.ts';
import type { FetchDefinition } from '../records/fetch-definition.ts';
import { oneRequest } from '../step/one-request.ts';

/** What `fetch` can be told besides its list. */
export interface FetchOptions
  extends Pick<
    JobOptions<string, Reply>,
    'source' | 'concurrency' | 'perHost' | 'rate' | 'delay' | 'maxErrors' | 'timeout' | 'retry' | 'http' | 'store'
  > {
  /** Headers of every request. Values are not kept in the ledger. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Kept in the ledger, so that the run can be gone on with from there alone. Default: only a program like this one can. */
  readonly definition?: FetchDefinition;
}

const LOOP_MODULE = new URL(`./fetch-loop.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url).href;
const ANY_REPLY = { accept: (): boolean => true };

/** The verb `fetch`: GET every URL of a list and keep the replies. */
export function fetchJob(options: FetchOptions): Job<string, Reply> {
  const { headers = {}, http, definition, ...job } = options;
  // The list is read, and hosts are bounded, by the main thread alone.
  const { source: _, ...inLoop } = options;
  return defineJob<string, Reply>({
    ...job,
    http: { ...http, headers: { ...http?.headers, ...headers } },
    kind: 'fetch',
    idempotent: true,
    host: hostOfUrl,
    definition: {
      method: 'GET',
      headers: Object.keys(headers)
        .map((name) => name.toLowerCase())
        .sort(),
      ...(definition === undefined ? {} : { fetch: definition }),
    },
    module: { url: LOOP_MODULE, exportName: 'fetchInLoop', data: inLoop },
    step: oneRequest((url) => ({ method: 'GET', url, options: ANY_REPLY })),
  });
}

/** The host of a list's line. @throws EngineError of class `input` for a line that is no URL that can be fetched */
export function hostOfUrl(line: string): string {
  const shown = line.length > 80 ? `${line.slice(0, 77)}…` : line;
  if (!URL.canParse(line)) {
    const hint = URL.canParse(`https://${line}`) && !line.includes(' ') ? `: write https://${shown}` : '';
    throw new EngineError('SLUICE_INPUT_URL', `'${shown}' is no URL${hint}`, { outcomeClass: 'input' });
  }
  const url = new URL(line);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new EngineError('SLUICE_INPUT_SCHEME', `'${shown}' cannot be fetched: only http and https URLs can`, {
      outcomeClass: 'input',
    });
  }
  return url.host;
}
