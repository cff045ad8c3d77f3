import { currentEffectiveDeadline, isCancelled } from '@sluice/core';
import type { JobOptions } from '../job/job.ts';
import type { Outcome } from '../outcome/outcome.ts';
import { AttemptFacts } from '../step/attempt-facts.ts';
import { requestOf, runRequest } from '../step/one-request.ts';
import type { RequestGate } from '../step/request-gate.ts';
import { runStep, type StepItem } from '../step/run-step.ts';
import type { StepTools } from '../step/step-tools.ts';
import { type AttemptReport, reportOf } from './attempt-report.ts';

export const CUT: Outcome = {
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

/** Makes one attempt of one item, its requests through `gate`; undefined when the run was cut before its step began. */
export async function makeAttempt<Input, Output>(
  job: JobOptions<Input, Output>,
  tools: StepTools,
  item: StepItem<Input>,
  gate: RequestGate,
): Promise<AttemptReport | undefined> {
  // A cut may have come before it.
  if (currentEffectiveDeadline() === Number.NEGATIVE_INFINITY) return undefined;
  const facts = new AttemptFacts();
  const startedAt = Date.now();
  const begunAt = performance.now();
  let wasCut = false;
  let outcome: Outcome;
  try {
    const request = requestOf(job.step);
    outcome =
      request === undefined
        ? await runStep(job, item, tools, facts, gate)
        : await runRequest(job, request, item.input, tools, facts, gate);
  } catch (error) {
    if (!isCancelled(error)) throw error;
    wasCut = true;
    outcome = CUT;
  }
  const durationMs = performance.now() - begunAt;
  const { idempotent = false, store } = job;
  return reportOf({ number: item.attempts + 1, outcome, facts, startedAt, durationMs, idempotent, wasCut, store });
}
