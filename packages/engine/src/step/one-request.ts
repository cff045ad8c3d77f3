import { isCancelled, parseDuration, timeout } from '@sluice/core';
import type { Reply } from '@sluice/http';
import type { JobOptions, Step } from '../job/job.ts';
import { classifyError, classifyValue } from '../outcome/classify.ts';
import type { Outcome } from '../outcome/outcome.ts';
import type { AttemptFacts } from './attempt-facts.ts';
import type { RequestGate } from './request-gate.ts';
import type { StepRequestOptions } from './step-context.ts';
import { StepSession } from './step-session.ts';
import type { StepTools } from './step-tools.ts';

/** What a step asks for that is one request and nothing else. */
export interface OneRequest {
  readonly method: string;
  readonly url: string | URL;
  readonly options?: StepRequestOptions;
}

const requests = new WeakMap<object, (input: never) => OneRequest>();

/**
 * A step that makes one request and gives its reply. It is a step as any other, but an attempt of it runs no code of anybody's, and so needs neither a
 * context, nor a scope for its deadline, nor a wait for clean-up: the session's own deadline ends it.
 */
export function oneRequest<Input>(request: (input: Input) => OneRequest): Step<Input, Reply> {
  const step: Step<Input, Reply> = (input, { http }) => {
    const { method, url, options } = request(input);
    return http.request(method, url, options);
  };
  requests.set(step, request);
  return step;
}

/** What the step asks for, where it was made by {@link oneRequest}. */
export function requestOf<Input, Output>(
  step: JobOptions<Input, Output>['step'],
): ((input: Input) => OneRequest) | undefined {
  return requests.get(step) as ((input: Input) => OneRequest) | undefined;
}

/** How long a whole attempt of a job may take, in milliseconds. */
export function attemptLimitMs<Input, Output>({ timeout: limit = '120s' }: JobOptions<Input, Output>): number {
  return parseDuration(limit);
}

/** Makes the request of an attempt and judges how it ended. @throws CancelledError when the attempt is cut. Everything else is an outcome. */
export async function runRequest<Input, Output>(
  job: JobOptions<Input, Output>,
  request: (input: Input) => OneRequest,
  input: Input,
  tools: StepTools,
  facts: AttemptFacts,
  gate: RequestGate,
): Promise<Outcome> {
  try {
    const { method, url, options } = request(input);
    // The item has begun with a pass to its own host. To another one it may have to wait, and that has an end, too.
    const entering = gate.enter(url);
    const pass = entering instanceof Promise ? await timeout(attemptLimitMs(job), () => entering) : entering;
    const reply = await new StepSession(tools.session, facts, gate).make(pass, method, url, options);
    return classifyValue(reply, facts.last, facts);
  } catch (error) {
    if (isCancelled(error)) throw error;
    return classifyError(error, facts.last, facts);
  } finally {
    facts.close();
  }
}
