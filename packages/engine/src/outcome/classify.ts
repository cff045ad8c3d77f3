import { TimeoutError } from '@sluice/core';
import { type Evidence, HttpError, HttpStatusError, Reply } from '@sluice/http';
import { EngineError } from '../errors.ts';
import { type Verdict, verdictOn } from '../step/verdict.ts';
import type { OutcomeClass } from './classes.ts';
import type { Outcome } from './outcome.ts';

const BLANK = {
  code: null,
  message: null,
  isDefinite: true,
  wasCutOff: false,
  isRetryable: true,
  spendsNothing: false,
  retryAfterMs: undefined,
  reply: undefined,
  evidence: undefined,
  value: undefined,
};

/** The outcome of a step that returned. A {@link Reply} is judged by its status; anything else is its value. @throws EngineError when that is no JSON value */
export function classifyValue(
  value: unknown,
  lastEvidence: Evidence | undefined,
  known: KnownVerdicts = NOTHING_KNOWN,
): Outcome {
  if (!(value instanceof Reply)) return { ...BLANK, class: 'ok', value: toJson(value), evidence: lastEvidence };
  const verdict = known.verdictOn(value) ?? verdictOn(value);
  return verdict.class === 'ok'
    ? { ...BLANK, class: 'ok', reply: value, evidence: value.evidence }
    : fromReply(value, verdict.class, verdict);
}

/** What is known of a reply beyond its status. */
export interface KnownVerdicts {
  verdictOn(reply: Reply): Verdict | undefined;
}

const NOTHING_KNOWN: KnownVerdicts = { verdictOn: () => undefined };

function toJson(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  let text: string | undefined;
  let cause: unknown;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    cause = error;
  }
  if (text !== undefined) return text;
  throw new EngineError(
    'SLUICE_VALUE_NOT_JSON',
    `the step returned something that cannot be kept as JSON (${typeof value}): return a plain value`,
    {
      cause,
      outcomeClass: 'step',
    },
  );
}

/** The outcome of a step that threw. An HTTP failure counts as such also when the step wrapped it in an error of its own. */
export function classifyError(
  error: unknown,
  lastEvidence: Evidence | undefined,
  known: KnownVerdicts = NOTHING_KNOWN,
): Outcome {
  for (let cause = error, depth = 0; cause !== undefined && cause !== null && depth < 8; depth++) {
    if (cause instanceof HttpStatusError)
      return fromReply(cause.reply, cause.class, known.verdictOn(cause.reply) ?? verdictOn(cause.reply));
    if (cause instanceof HttpError) return fromHttpError(cause);
    cause = (cause as { cause?: unknown }).cause;
  }
  if (error instanceof TimeoutError) {
    return failure('timeout', error.code, error.message, {
      isDefinite: false,
      wasCutOff: true,
      evidence: lastEvidence,
    });
  }
  if (error instanceof EngineError && error.outcomeClass !== undefined) {
    return failure(error.outcomeClass, error.code, error.message, { evidence: lastEvidence });
  }
  const code =
    typeof (error as { code?: unknown })?.code === 'string' ? (error as { code: string }).code : 'SLUICE_STEP';
  return failure('step', code, messageOf(error), { evidence: lastEvidence });
}

function fromReply(reply: Reply, outcomeClass: 'throttled' | 'server' | 'client', verdict: Verdict): Outcome {
  return failure(outcomeClass, `HTTP_${reply.status}`, `the server answered ${reply.status}`, {
    reply,
    evidence: reply.evidence,
    retryAfterMs: verdict.retryAfterMs,
    spendsNothing: verdict.isExhausted,
  });
}

function fromHttpError(error: HttpError): Outcome {
  const isDefinite = !['in-doubt', 'timeout', 'integrity', 'protocol', 'limit', 'local', 'internal'].includes(
    error.class,
  );
  return failure(error.class, error.code, error.message, {
    isDefinite: isDefinite || !error.evidence.sent,
    isRetryable: error.class !== 'dns' || error.temporary,
    evidence: error.evidence,
  });
}

function failure(outcomeClass: OutcomeClass, code: string, message: string, more: Partial<Outcome>): Outcome {
  return { ...BLANK, class: outcomeClass, code, message, ...more };
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
  return `the step threw ${String(error)}`;
}
