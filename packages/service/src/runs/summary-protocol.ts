/** What a ledger says of its run, without reading its items. */
export interface LedgerSummary {
  readonly kind: string;
  readonly definition: string;
  readonly state: 'running' | 'stopped' | 'complete';
  readonly total: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly ownerPid: number | null;
  readonly done: number;
  readonly failed: number;
  readonly inDoubt: number;
  readonly byClass: Readonly<Record<string, number>>;
}

/** A question to the summary thread. */
export interface SummaryRequest {
  readonly id: number;
  readonly path: string;
}

/** Its answer: a summary, or why there is none. */
export interface SummaryReply {
  readonly id: number;
  readonly summary?: LedgerSummary;
  readonly error?: string;
}
