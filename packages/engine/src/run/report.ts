import type { ItemState } from '@sluice/ledger';
import type { OutcomeClass } from '../outcome/classes.ts';
import type { Progress } from './progress.ts';

/** What became of one item. */
export interface ItemOutcome {
  readonly key: string;
  /** Line or row number in the source; null for an item that a step emitted. */
  readonly position: number | null;
  readonly host: string;
  readonly state: ItemState;
  readonly class: OutcomeClass | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly attempts: number;
  readonly status: number | null;
  readonly headers: readonly (readonly [string, string])[] | null;
  readonly body: Uint8Array | null;
  /** The body as text in its charset; null without a body. */
  readonly text: string | null;
  /** What the step returned. */
  readonly value: unknown;
  readonly finishedAt: Date | null;
}

export interface OutcomeFilter {
  readonly state?: ItemState;
  readonly class?: OutcomeClass;
}

/** How a run stands when it has ended, or paused. */
export interface Report {
  readonly runId: string;
  readonly ledger: string;
  /** `complete`: every item has an outcome. `stopped`: it can be resumed. */
  readonly state: 'complete' | 'stopped';
  /** True when the run had been complete before: nothing was done. */
  readonly wasComplete: boolean;
  /** Items that wait for a decision because their effect is unknown. */
  readonly held: number;
  /** The counters at the end. */
  readonly progress: Progress;
  /** The outcomes in the order of the source, read from the ledger page by page. */
  outcomes(filter?: OutcomeFilter): AsyncIterable<ItemOutcome>;
}
