import { OUTCOME_CLASSES, type RetryPolicyOptions } from '@sluice/engine';

/** What `--retries` means: so many for every class that is retried often by default, and no other class more often. */
export function retryPolicy(retries: number | undefined): RetryPolicyOptions | undefined {
  if (retries === undefined) return undefined;
  const usual = OUTCOME_CLASSES.server.retries;
  const often = Object.entries(OUTCOME_CLASSES).filter(([name, rule]) => name !== 'throttled' && rule.retries >= usual);
  return { ...Object.fromEntries(often.map(([name]) => [name, retries])), attempts: retries + 1 };
}
