import type { Reply } from '@sluice/http';
import type { Job } from '../job/job.ts';
import { from } from '../source/from.ts';
import { type FetchOptions, fetchJob } from './fetch.ts';

/** `fetch` as a loop in another thread makes it: what it is told by the main thread, without a list to read. */
export function fetchInLoop(options: Omit<FetchOptions, 'source'>): Job<string, Reply> {
  return fetchJob({ ...options, source: from.lines('-') });
}
