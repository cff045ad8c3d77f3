import type { Reply } from '@sluice/http';
import { EngineError } from '../errors.ts';
import { defineJob } from '../job/define-job.ts';
import type { Job, JobOptions } from '../job/job.ts';

/** What `fetch` can be told besides its list. */
export interface FetchOptions
  extends Pick<JobOptions<string, Reply>, 'source' | 'concurrency' | 'perHost' | 'timeout' | 'retry' | 'http'> {
  /** Headers of every request. Values are not kept in the ledger. */
  readonly headers?: Readonly<Record<string, string>>;
}

const ANY_STATUS = (): boolean => true;

/** The verb `fetch`: GET every URL of a list and keep the replies. */
export function fetchJob(options: FetchOptions): Job<string, Reply> {
  const { headers = {}, ...job } = options;
  return defineJob<string, Reply>({
    ...job,
    kind: 'fetch',
    idempotent: true,
    host: hostOfUrl,
    definition: {
      method: 'GET',
      headers: Object.keys(headers)
        .map((name) => name.toLowerCase())
        .sort(),
    },
    step: (url, { http }) => http.get(url, { headers, accept: ANY_STATUS }),
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
