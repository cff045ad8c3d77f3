import { Reply } from '@sluice/http';
import type { AttemptRow, ItemState, ResultRow, Settlement } from '@sluice/ledger';
import type { GrantedRetry, RetryPolicy } from '../item/retry-policy.ts';
import { writeSpent } from '../item/retry-policy.ts';
import { type ItemEvent, nextState } from '../item/state-machine.ts';
import { classRule } from '../outcome/classes.ts';
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

/** Decides what becomes of an item after an attempt: asks the policy whether it may be repeated and the table of states what that makes of it. */
export function settle<Input>(ended: EndedAttempt<Input>, policy: RetryPolicy): Settlement {
  const { item, outcome, facts, idempotent } = ended;
  // A step of the user's can do anything, so once begun it counts as sent; what it did before it failed cannot be told from outside.
  const sent = idempotent ? facts.sent : true;
  const retry = ended.wasCut ? undefined : grantedRetry(ended, policy);
  const event = eventOf(ended, retry !== undefined);
  const state = nextState('leased', event, { sent, idempotent }) as ItemState;
  const isPending = state === 'pending';
  return {
    id: item.id,
    key: item.key,
    host: item.host,
    input: item.text,
    state,
    idempotent,
    sent,
    dueAt: isPending && retry !== undefined ? Date.now() + retry.waitMs : null,
    spent: writeSpent(isPending && retry !== undefined ? retry.spent : item.spent),
    attempt: attemptRow(ended),
    result: resultRow(outcome),
    emits: state === 'done' ? facts.emits : [],
  };
}

function grantedRetry<Input>(ended: EndedAttempt<Input>, policy: RetryPolicy): GrantedRetry | undefined {
  const { item, outcome } = ended;
  if (outcome.class === 'ok' || !outcome.isRetryable) return undefined;
  if (classRule(outcome.class).onlyIfHarmless && !isHarmless(ended)) return undefined;
  // Its first half was answered: to repeat the step would repeat that too.
  if (!ended.idempotent && ended.facts.acted > (isAnswer(outcome) ? 1 : 0)) return undefined;
  return policy.grant(outcome.class, item.spent, outcome.retryAfterMs);
}

function isHarmless<Input>({ idempotent, facts }: EndedAttempt<Input>): boolean {
  return idempotent || !facts.sent;
}

/** Whether the last request was answered, and the answer is the failure. */
function isAnswer(outcome: Outcome): boolean {
  return outcome.reply !== undefined;
}

function eventOf<Input>({ outcome, facts, idempotent, wasCut }: EndedAttempt<Input>, hasRetry: boolean): ItemEvent {
  if (wasCut) return 'cut';
  if (outcome.class === 'ok') return 'ok';
  if (outcome.class === 'input' || outcome.class === 'policy') return 'refuse';
  const isDefinite = outcome.isDefinite && (idempotent || facts.acted <= (isAnswer(outcome) ? 1 : 0));
  if (isDefinite) return hasRetry ? 'again' : 'fail';
  // What was surely not sent has a definite end too, whatever the job says of itself.
  if (!idempotent && !facts.sent && outcome.class !== 'step' && outcome.class !== 'timeout')
    return hasRetry ? 'again' : 'fail';
  return hasRetry ? 'lost-again' : 'lost';
}

function attemptRow<Input>({ item, outcome, facts, startedAt, durationMs }: EndedAttempt<Input>): AttemptRow {
  const { last } = facts;
  return {
    number: item.attempts + 1,
    class: outcome.class,
    code: outcome.code,
    phase: last?.phase ?? (outcome.class === 'ok' ? null : 'step'),
    message: outcome.message,
    method: last?.method ?? null,
    url: last?.url ?? null,
    startedAt,
    durationMs,
    bytesIn: facts.bytesIn,
    bytesOut: facts.bytesOut,
    reused: last?.reused ?? false,
    address: last?.address ?? null,
    requests: facts.requests,
  };
}

function resultRow(outcome: Outcome): ResultRow | null {
  const { reply } = outcome;
  if (reply instanceof Reply) {
    const isOk = outcome.class === 'ok';
    const body = isOk ? reply.body : reply.body.subarray(0, MAX_FAILURE_BODY);
    return { status: reply.status, headers: JSON.stringify([...reply.headers]), body, charset: reply.charset, value: null };
  }
  if (outcome.class !== 'ok' || outcome.value === undefined) return null;
  return { status: null, headers: null, body: null, charset: null, value: outcome.value };
}
