import type { OutcomeClass } from '../outcome/classes.ts';

/** Latency of whole attempts in milliseconds; null before the first. */
export interface LatencySummary {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/** A host's share of the run, in this process. */
export interface HostProgress {
  readonly host: string;
  readonly inFlight: number;
  readonly waiting: number;
  readonly attempts: number;
  /** Attempts that did not end ok. */
  readonly failures: number;
  readonly meanMs: number;
}

/** The counters of a run at one moment. */
export interface Progress {
  readonly phase: 'running' | 'draining' | 'finished';
  /** Items of the source, when known; grows as steps emit. */
  readonly total: number | null;
  /** Items that have an outcome, those of earlier sessions included. */
  readonly settled: number;
  readonly done: number;
  readonly failed: number;
  readonly inDoubt: number;
  readonly duplicates: number;
  /** Items with an outcome, by the class of their last attempt. */
  readonly byClass: Readonly<Partial<Record<OutcomeClass, number>>>;
  readonly inFlight: number;
  /** The most that may be in flight. */
  readonly limit: number;
  /** Read and not yet begun. */
  readonly queued: number;
  /** Waiting for their next attempt (known to this process). */
  readonly waitingForRetry: number;
  /** In this process: */
  readonly elapsedMs: number;
  readonly settledHere: number;
  readonly attempts: number;
  readonly retries: number;
  readonly requests: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Items settled a second over the last seconds. */
  readonly ratePerSecond: number;
  /** Milliseconds to the end at that rate; null when unknown. */
  readonly etaMs: number | null;
  readonly latency: LatencySummary;
  /** The hosts with the most failures and the longest times first; at most 10. */
  readonly hosts: readonly HostProgress[];
  /** Milliseconds until what is under way is cut, while draining. */
  readonly drainLeftMs: number | null;
}
