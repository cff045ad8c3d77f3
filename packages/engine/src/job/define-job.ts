import { UsageError } from '@sluice/core';
import { RetryPolicy } from '../item/retry-policy.ts';
import { startRun } from '../run/start-run.ts';
import { type Job, type JobOptions, STORE_POLICIES } from './job.ts';

/**
 * Defines a job: a source, a step and limits. Nothing happens until it is run.
 *
 * @throws UsageError for options that cannot be.
 * @example
 * const job = defineJob({
 *   source: from.lines('urls.txt'),
 *   idempotent: true,
 *   step: async (url, { http }) => (await http.get(url)).text().length,
 * });
 * const report = await job.run({ ledger: 'urls.run.db' });
 * for await (const outcome of report.outcomes({ state: 'failed' })) console.error(outcome.key, outcome.message);
 */
export function defineJob<Input, Output>(options: JobOptions<Input, Output>): Job<Input, Output> {
  if (typeof options.step !== 'function')
    throw new UsageError('defineJob() needs a step: a function of an item and a context');
  if (typeof options.source?.read !== 'function')
    throw new UsageError('defineJob() needs a source: from.lines(…), from.jsonl(…) or from.iterable(…)');
  checkStore(options);
  // Its options are checked now, and not when the first item fails.
  new RetryPolicy(options.retry ?? {}, Math.random);
  return {
    options,
    start: (run) => startRun(options, run),
    run: async (run) => (await startRun(options, run)).finished,
  };
}

function checkStore<Input, Output>({ store = 'body', sink, toRow }: JobOptions<Input, Output>): void {
  if (!STORE_POLICIES.includes(store))
    throw new UsageError(`store must be one of ${STORE_POLICIES.join(', ')}, not ${String(store)}`);
  if (store === 'none' && sink !== undefined && toRow === undefined)
    throw new UsageError(
      "store: 'none' keeps nothing that a sink could take: give toRow, or keep the values with store: 'value'",
    );
}
