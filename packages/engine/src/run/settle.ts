import { Reply } from '@sluice/http';
import type { AttemptRow, ItemState, ResultRow, Settlement } from '@sluice/ledger';
import type { GrantedRetry, RetryPolicy } from '../item/retry-policy.ts';
import { writeSpent } from '../item/retry-policy.ts';
import { type ItemEvent, nextState } from '../item/state-machine.ts';
import type { Outcome } from '../outcome/outcome.ts';
import type { AttemptFacts } from '../step/attempt-facts.ts';
import type { WorkItem } from './work-item.ts';

/** An attempt that has ended, as it is settled. */
export interface EndedAttempt<Input> {
  readonly item: WorkItem<Input>;
  readonly outcome: Outcome;
  readonly facts: AttemptFacts;
  readonly startedAt: number;
  readonly durationMs: number;
  /** Whether the job says that repeating the step is harmless. */
  readonly idempotent: boolean;
  /** The run was cut in the middle of it. */
  readonly wasCut: boolean;
}

/** Bodies of failures are kept for a look at them, not as results. */
const MAX_FAILURE_BODY = 65_536;

/**
 * Decides what becomes of an item after an attempt: asks the policy whether it may be repeated and the table of states what that makes of it.
 * `isFree`: what happened says nothing about the item, and spends nothing of its policy.
 */
export function settle<Input>(ended: EndedAttempt<Input>, policy: RetryPolicy, isFree = false): Settlement {
  const { item, outcome, facts, idempotent } = ended;
  const isRisky = mayHaveActed(ended);
  const retry = isRisky ? undefined : grantedRetry(ended, policy, isFree);
  const event = eventOf(ended, isRisky, retry !== undefined);
  const state = nextState('leased', event, { sent: idempotent ? facts.sent : isRisky, idempotent }) as ItemState;
  const isPending = state === 'pending';
  return {
    id: item.id,
    key: item.key,
    host: item.host,
    input: item.text,
    state,
    idempotent,
    // A step of the user's can do anything, so once begun it counts as sent.
    sent: idempotent ? facts.sent : true,
    dueAt: isPending && retry !== undefined ? Date.now() + retry.waitMs : null,
    spent: writeSpent(isPending && retry !== undefined ? retry.spent : item.spent),
    attempt: attemptRow(ended),
    result: resultRow(outcome),
    emits: state === 'done' ? facts.emits : [],
  };
}

/**
 * Whether a repetition could do again what this attempt did. A step that ended by itself did what its requests did; of one that was ended in its
 * middle nobody knows.
 */
function mayHaveActed<Input>({ outcome, facts, idempotent, wasCut }: EndedAttempt<Input>): boolean {
  if (idempotent) return false;
  return wasCut || outcome.wasCutOff || facts.mayHaveActed(outcome.reply === undefined ? undefined : outcome.evidence);
}

function grantedRetry<Input>(
  { item, outcome, wasCut }: EndedAttempt<Input>,
  policy: RetryPolicy,
  isFree: boolean,
): GrantedRetry | undefined {
  if (wasCut || outcome.class === 'ok' || !outcome.isRetryable) return undefined;
  if (isFree || outcome.spendsNothing) return policy.free(item.spent);
  return policy.grant(outcome.class, item.spent, outcome.retryAfterMs);
}

function eventOf<Input>({ outcome, wasCut }: EndedAttempt<Input>, isRisky: boolean, hasRetry: boolean): ItemEvent {
  if (wasCut) return 'cut';
  if (outcome.class === 'ok') return 'ok';
  if (isRisky) return 'lost';
  if (outcome.class === 'input' || outcome.class === 'policy') return 'refuse';
  if (outcome.isDefinite) return hasRetry ? 'again' : 'fail';
  return hasRetry ? 'lost-again' : 'lost';
}

/** Puts an item off without an attempt, until `dueAt` (epoch ms). */
export function putOff<Input>(item: WorkItem<Input>, idempotent: boolean, dueAt: number): Settlement {
  return {
    id: item.id,
    key: item.key,
    host: item.host,
    input: item.text,
    state: nextState('leased', 'again', { sent: false, idempotent }) as ItemState,
    idempotent,
    sent: false,
    dueAt,
    spent: writeSpent(item.spent),
    attempt: null,
    result: null,
    emits: [],
  };
}

function attemptRow<Input>({ item, outcome, facts, startedAt, durationMs }: EndedAttempt<Input>): AttemptRow {
  const decisive = outcome.evidence ?? facts.last;
  const ownPhase = outcome.class === 'ok' ? null : 'step';
  return {
    number: item.attempts + 1,
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

function resultRow(outcome: Outcome): ResultRow | null {
  const { reply } = outcome;
  if (reply instanceof Reply) {
    const isOk = outcome.class === 'ok';
    const body = isOk ? reply.body : reply.body.subarray(0, MAX_FAILURE_BODY);
    return {
      status: reply.status,
      headers: JSON.stringify([...reply.headers]),
      body,
      charset: reply.charset,
      value: null,
    };
  }
  if (outcome.class !== 'ok' || outcome.value === undefined) return null;
  return { status: null, headers: null, body: null, charset: null, value: outcome.value };
}
