import { checkpoint, isCancelled } from '@sluice/core';
import type { Ledger } from '@sluice/ledger';
import { writeSpent } from '../item/retry-policy.ts';
import type { JobOptions } from '../job/job.ts';
import type { Outcome } from '../outcome/outcome.ts';
import { AttemptFacts } from '../step/attempt-facts.ts';
import type { RequestGate } from '../step/request-gate.ts';
import { runStep } from '../step/run-step.ts';
import type { StepTools } from '../step/step-tools.ts';
import type { EndedAttempt } from './settle.ts';
import type { WorkItem } from './work-item.ts';

/** What an attempt needs of a run. */
export interface AttemptGround<Input, Output> {
  readonly job: JobOptions<Input, Output>;
  readonly ledger: Ledger;
  readonly tools: StepTools;
}

const CUT: Outcome = {
  class: 'cancelled',
  code: 'SLUICE_CANCELLED',
  message: 'the run was stopped in the middle of the attempt',
  isDefinite: false,
  wasCutOff: true,
  isRetryable: true,
  spendsNothing: false,
  retryAfterMs: undefined,
  reply: undefined,
  evidence: undefined,
  value: undefined,
};

/**
 * Makes one attempt of one item, its requests through `gate`; undefined when the run was cut before its step began. What is not idempotent is written down before its
 * first byte can leave.
 *
 * @throws LedgerError when the attempt cannot be written down.
 */
export async function makeAttempt<Input, Output>(
  ground: AttemptGround<Input, Output>,
  item: WorkItem<Input>,
  gate: RequestGate,
): Promise<EndedAttempt<Input> | undefined> {
  const { job, ledger, tools } = ground;
  const idempotent = job.idempotent ?? false;
  if (!idempotent) await announce(item, ledger);
  const facts = new AttemptFacts();
  const startedAt = Date.now();
  const begunAt = performance.now();
  let hasBegun = false;
  let wasCut = false;
  let outcome: Outcome;
  try {
    // A cut may have come while the ledger wrote.
    await checkpoint();
    hasBegun = true;
    outcome = await runStep(job, item, tools, facts, gate);
  } catch (error) {
    if (!isCancelled(error)) throw error;
    if (!hasBegun) return undefined;
    wasCut = true;
    outcome = CUT;
  }
  return { item, outcome, facts, startedAt, durationMs: performance.now() - begunAt, idempotent, wasCut };
}

function announce<Input>(item: WorkItem<Input>, ledger: Ledger): Promise<void> {
  return ledger.intent({
    id: item.id,
    key: item.key,
    host: item.host,
    input: item.text,
    attempt: item.attempts + 1,
    spent: writeSpent(item.spent),
    method: 'STEP',
    url: '',
  });
}
