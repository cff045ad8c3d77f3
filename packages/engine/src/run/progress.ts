import type { GateState } from '../gate/host-gate.ts';
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
  /** How its gate stands; null when nothing is known of it any more. */
  readonly gate: GateState | null;
}

/** A host with work, and its gate. */
export interface HostGateState extends GateState {
  readonly host: string;
  /** What waits for it: items, and requests of items under way. */
  readonly waiting: number;
}

/** The codes of {@link PauseReason}. */
export const PAUSE_CODES = ['exhausted', 'unauthorized', 'outage', 'errors', 'spend'] as const;

/** Why a run paused by itself. */
export interface PauseReason {
  /** `exhausted`: a host refuses everything until somebody pays; `unauthorized`: every answer is 401; `outage`: nothing answers; `errors`: `maxErrors`; `spend`: `maxSpend`. */
  readonly code: (typeof PAUSE_CODES)[number];
  /** What happened and what to do, for people. */
  readonly message: string;
}

/** What the ledger of a run tells of its progress, whoever carries it on. */
export interface RecordedProgress {
  /** Items of the source, when known; grows as steps emit. */
  readonly total: number | null;
  /** Items that have an outcome, those of earlier sessions included. */
  readonly settled: number;
  readonly done: number;
  readonly failed: number;
  readonly inDoubt: number;
  /** Items with an outcome, by the class of their last attempt. */
  readonly byClass: Readonly<Partial<Record<OutcomeClass, number>>>;
}

/** What is known of a run only in the process that carries it on. */
export interface LiveProgress {
  /** Why nothing can be recorded at the moment (a full disk, a foreign lock): the run waits, and goes on when it is mended. */
  readonly stall: string | null;
  readonly inFlight: number;
  /** Event loops that steps run in. */
  readonly loops: number;
  /** How many of them have died and were replaced. */
  readonly loopsLost: number;
  /** Why it is pausing, or paused, by itself; null when it does not. */
  readonly pause: PauseReason | null;
  /** Nothing answers just now: what fails costs no attempt. */
  readonly isOutage: boolean;
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

/** The counters of a run at one moment. */
export interface Progress extends RecordedProgress, LiveProgress {
  readonly phase: 'running' | 'draining' | 'finished';
  /** Lines of the list that stood there before: no items of their own. */
  readonly duplicates: number;
}
