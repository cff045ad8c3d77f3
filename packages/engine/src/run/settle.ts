import type { ItemState, Settlement } from '@sluice/ledger';
import type { GrantedRetry, RetryPolicy } from '../item/retry-policy.ts';
import { writeSpent } from '../item/retry-policy.ts';
import { type ItemEvent, nextState } from '../item/state-machine.ts';
import type { AttemptReport } from './attempt-report.ts';
import type { WorkItem } from './work-item.ts';

/** How an item is settled. */
export interface SettleOptions {
  readonly policy: RetryPolicy;
  /** Whether the job says that repeating the step is harmless. */
  readonly idempotent: boolean;
  /** What happened says nothing about the item, and spends nothing of its policy. */
  readonly isFree?: boolean;
}

/**
 * Decides what becomes of an item after an attempt: asks the policy whether it may be repeated and the table of states what that makes of it.
 */
export function settle<Input>(
  item: WorkItem<Input>,
  report: AttemptReport,
  { policy, idempotent, isFree = false }: SettleOptions,
): Settlement {
  const isRisky = report.mayHaveActed;
  const retry = isRisky ? undefined : grantedRetry(item, report, policy, isFree);
  const event = eventOf(report, retry !== undefined);
  const state = nextState('leased', event, { sent: idempotent ? report.sent : isRisky, idempotent }) as ItemState;
  const isPending = state === 'pending';
  return {
    id: item.id,
    key: item.key,
    host: item.host,
    input: item.text,
    state,
    idempotent,
    // A step of the user's can do anything, so once begun it counts as sent.
    sent: idempotent ? report.sent : true,
    dueAt: isPending && retry !== undefined ? Date.now() + retry.waitMs : null,
    spent: writeSpent(isPending && retry !== undefined ? retry.spent : item.spent),
    attempt: report.attempt,
    result: report.result,
    emits: state === 'done' ? report.emits : [],
  };
}

function grantedRetry<Input>(
  item: WorkItem<Input>,
  { verdict, wasCut }: AttemptReport,
  policy: RetryPolicy,
  isFree: boolean,
): GrantedRetry | undefined {
  if (wasCut || verdict.class === 'ok' || !verdict.isRetryable) return undefined;
  if (isFree || verdict.spendsNothing) return policy.free(item.spent);
  return policy.grant(verdict.class, item.spent, verdict.retryAfterMs);
}

function eventOf({ verdict, wasCut, mayHaveActed }: AttemptReport, hasRetry: boolean): ItemEvent {
  if (wasCut) return 'cut';
  if (verdict.class === 'ok') return 'ok';
  if (mayHaveActed) return 'lost';
  if (verdict.class === 'input' || verdict.class === 'policy') return 'refuse';
  if (verdict.isDefinite) return hasRetry ? 'again' : 'fail';
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
