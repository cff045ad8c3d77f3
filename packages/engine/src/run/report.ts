import type { ItemState } from '@sluice/ledger';
import type { OutcomeClass } from '../outcome/classes.ts';
import type { Progress } from './progress.ts';

/** What became of one item. */
export interface ItemOutcome {
  /** Its place in the ledger: rises from 1 with the items of the source, and falls from -1 with those that steps emitted. */
  readonly id: number;
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
  /** Size of the decoded body in bytes; null without one. */
  readonly bodyBytes: number | null;
  readonly body: Uint8Array | null;
  /** The body as text in its charset; null without a body. */
  readonly text: string | null;
  /** What the step returned. */
  readonly value: unknown;
  readonly finishedAt: Date | null;
}

/** Which outcomes are wanted: those that are as all of these say. */
export interface OutcomeFilter {
  readonly state?: ItemState | undefined;
  readonly class?: OutcomeClass | undefined;
  readonly host?: string | undefined;
}

/** What of the outcomes is read. */
export interface OutcomeReading extends OutcomeFilter {
  /** Only those behind the outcome with this `id`, to go on where a reading ended. Default: from the first. */
  readonly after?: number | undefined;
  /** Headers, bodies and values too; without them these are null and undefined. Default true. */
  readonly content?: boolean;
  /** Larger bodies, in bytes, stay in the ledger: `body` is null, while `bodyBytes` is their size. Default: none is too large. */
  readonly maxBody?: number;
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
