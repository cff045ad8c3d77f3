import type { ItemState } from '@sluice/ledger';

/**
 * What happens to an item.
 * - `lease`: it is begun · `refuse`: it can never be begun (bad input, policy)
 * - `ok`: the attempt ended well · `again`: it ended with a definite failure and may be repeated · `fail`: it ended with a definite failure
 * - `lost-again`, `lost`: it ended without a definite answer, with and without retries left
 * - `cut`: the run stopped in mid-attempt · `crash`: the process died in mid-attempt
 * - `mark`: a person asks for another attempt · `give-up`: a person decides that it failed
 */
export type ItemEvent =
  | 'lease'
  | 'refuse'
  | 'ok'
  | 'again'
  | 'fail'
  | 'lost-again'
  | 'lost'
  | 'cut'
  | 'crash'
  | 'mark'
  | 'give-up';

/** One line of the table. `sent` and `idempotent` are left out where they do not matter. */
export interface TransitionRule {
  readonly from: ItemState;
  readonly event: ItemEvent;
  readonly sent?: boolean;
  readonly idempotent?: boolean;
  readonly to: ItemState;
}

/**
 * The item's life in one table; no other code decides a state. An item that is not in the ledger yet is `pending`.
 * The rule behind it: what was sent, is not idempotent and has no definite answer is in doubt, and never goes back to pending by itself.
 */
export const ITEM_TRANSITIONS: readonly TransitionRule[] = [
  { from: 'pending', event: 'lease', to: 'leased' },
  { from: 'pending', event: 'refuse', to: 'failed' },
  { from: 'leased', event: 'ok', to: 'done' },
  { from: 'leased', event: 'again', to: 'pending' },
  { from: 'leased', event: 'fail', to: 'failed' },
  { from: 'leased', event: 'refuse', to: 'failed' },
  { from: 'leased', event: 'lost-again', sent: false, to: 'pending' },
  { from: 'leased', event: 'lost-again', sent: true, idempotent: true, to: 'pending' },
  { from: 'leased', event: 'lost-again', sent: true, idempotent: false, to: 'in-doubt' },
  { from: 'leased', event: 'lost', sent: false, to: 'failed' },
  { from: 'leased', event: 'lost', sent: true, idempotent: true, to: 'failed' },
  { from: 'leased', event: 'lost', sent: true, idempotent: false, to: 'in-doubt' },
  { from: 'leased', event: 'cut', sent: false, to: 'pending' },
  { from: 'leased', event: 'cut', sent: true, idempotent: true, to: 'pending' },
  { from: 'leased', event: 'cut', sent: true, idempotent: false, to: 'in-doubt' },
  { from: 'leased', event: 'crash', sent: false, to: 'pending' },
  { from: 'leased', event: 'crash', sent: true, idempotent: true, to: 'pending' },
  { from: 'leased', event: 'crash', sent: true, idempotent: false, to: 'in-doubt' },
  { from: 'failed', event: 'mark', to: 'pending' },
  { from: 'in-doubt', event: 'mark', to: 'pending' },
  { from: 'in-doubt', event: 'give-up', to: 'failed' },
];

/** By state and event, then by two bits: what was sent, what is idempotent. */
const table = new Map<ItemState, Map<ItemEvent, (ItemState | undefined)[]>>();
for (const { from, event, sent, idempotent, to } of ITEM_TRANSITIONS) {
  const events = table.get(from) ?? new Map<ItemEvent, (ItemState | undefined)[]>();
  table.set(from, events);
  const states = events.get(event) ?? [];
  events.set(event, states);
  for (const s of sent === undefined ? [true, false] : [sent]) {
    for (const i of idempotent === undefined ? [true, false] : [idempotent]) states[bitsOf(s, i)] = to;
  }
}

/** The state after `event`; undefined where the table has no such line: the event cannot happen there. */
export function nextState(
  from: ItemState,
  event: ItemEvent,
  facts: { readonly sent: boolean; readonly idempotent: boolean },
): ItemState | undefined {
  return table.get(from)?.get(event)?.[bitsOf(facts.sent, facts.idempotent)];
}

function bitsOf(sent: boolean, idempotent: boolean): number {
  return (sent ? 1 : 0) + (idempotent ? 2 : 0);
}
