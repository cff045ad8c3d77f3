import { Reply } from '@sluice/http';
import type { AttemptRow, NewItem, ResultRow } from '@sluice/ledger';
import type { StorePolicy } from '../job/job.ts';
import type { Outcome } from '../outcome/outcome.ts';
import type { AttemptFacts } from '../step/attempt-facts.ts';

/** How an attempt ended, as plain data that can come from another thread. */
export interface AttemptReport {
  readonly verdict: AttemptVerdict;
  /** The attempt as the ledger keeps it. */
  readonly attempt: AttemptRow;
  /** What it gave, as the ledger keeps it. */
  readonly result: ResultRow | null;
  /** What its step emitted; it counts only when it ended well. */
  readonly emits: readonly NewItem[];
  /** Whether bytes of any request may have left. */
  readonly sent: boolean;
  /** Whether a repetition could do again what this attempt did. */
  readonly mayHaveActed: boolean;
  /** The step made a request, which has told its host's gate how it ended. */
  readonly hasRequested: boolean;
  /** The run was cut in the middle of it. */
  readonly wasCut: boolean;
}

/** What decides on the item after an attempt. */
export type AttemptVerdict = Pick<
  Outcome,
  'class' | 'code' | 'message' | 'isDefinite' | 'wasCutOff' | 'isRetryable' | 'spendsNothing' | 'retryAfterMs'
>;

/** An attempt that has ended, where it was made. */
export interface EndedAttempt {
  /** The number of the attempt, from 1. */
  readonly number: number;
  readonly outcome: Outcome;
  readonly facts: AttemptFacts;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Whether the job says that repeating the step is harmless. */
  readonly idempotent: boolean;
  readonly wasCut: boolean;
  /** Default `'body'`. */
  readonly store?: StorePolicy | undefined;
}

/** Bodies of failures are kept for a look at them, not as results. */
const MAX_FAILURE_BODY = 65_536;

export function reportOf(ended: EndedAttempt): AttemptReport {
  const { outcome, facts, wasCut } = ended;
  return {
    verdict: outcome,
    attempt: attemptRow(ended),
    result: resultRow(outcome, ended.store ?? 'body'),
    emits: facts.emits,
    sent: facts.sent,
    mayHaveActed: mayHaveActed(ended),
    hasRequested: facts.last !== undefined,
    wasCut,
  };
}

/** A step that ended by itself did what its requests did; of one that was ended in its middle nobody knows. */
function mayHaveActed({ outcome, facts, idempotent, wasCut }: EndedAttempt): boolean {
  if (idempotent) return false;
  return wasCut || outcome.wasCutOff || facts.mayHaveActed(outcome.reply === undefined ? undefined : outcome.evidence);
}

function attemptRow({ number, outcome, facts, startedAt, durationMs }: EndedAttempt): AttemptRow {
  const decisive = outcome.evidence ?? facts.last;
  const ownPhase = outcome.class === 'ok' ? null : 'step';
  return {
    number,
    class: outcome.class,
    code: outcome.code,
    phase: outcome.class === 'step' ? 'step' : (decisive?.phase ?? ownPhase),
    message: outcome.message,
    method: decisive?.method ?? null,
    url: decisive?.url ?? null,
    startedAt,
    durationMs,
    bytesIn: facts.bytesIn,
    bytesOut: facts.bytesOut,
    reused: decisive?.reused ?? false,
    address: decisive?.address ?? null,
    requests: facts.requests,
  };
}

function resultRow(outcome: Outcome, store: StorePolicy): ResultRow | null {
  const { reply } = outcome;
  if (reply instanceof Reply) {
    if (store !== 'body') return { status: reply.status, headers: null, body: null, charset: null, value: null };
    const isOk = outcome.class === 'ok';
    const body = isOk ? reply.body : reply.body.subarray(0, MAX_FAILURE_BODY);
    return {
      status: reply.status,
      headers: JSON.stringify(pairsOf(reply.headers.raw)),
      body,
      charset: reply.charset,
      value: null,
    };
  }
  if (outcome.class !== 'ok' || outcome.value === undefined || store === 'none') return null;
  return { status: null, headers: null, body: null, charset: null, value: outcome.value };
}

function pairsOf(raw: readonly string[]): [name: string, value: string][] {
  const pairs: [name: string, value: string][] = [];
  for (let index = 0; index < raw.length; index += 2) pairs.push([raw[index]!, raw[index + 1]!]);
  return pairs;
}
