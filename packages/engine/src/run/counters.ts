import type { LedgerCounts } from '@sluice/ledger';
import type { OutcomeClass } from '../outcome/classes.ts';
import { HostTally } from './host-tally.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import { RateMeter } from './rate-meter.ts';

/** What an ended attempt adds to the counters. */
export interface AttemptFigures {
  readonly host: string;
  readonly class: OutcomeClass;
  readonly durationMs: number;
  readonly requests: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** Counts what happens in a run, beginning with what its ledger held. */
export class Counters {
  done: number;
  failed: number;
  inDoubt: number;
  duplicates: number;
  readonly byClass: Partial<Record<OutcomeClass, number>>;
  waitingForRetry: number;
  settledHere = 0;
  attempts = 0;
  retries = 0;
  requests = 0;
  bytesIn = 0;
  bytesOut = 0;
  readonly latency: LatencyHistogram = new LatencyHistogram();
  readonly hosts: HostTally = new HostTally();
  readonly #rate: RateMeter;
  readonly #begunAt: number = performance.now();

  constructor(before: LedgerCounts) {
    this.done = before.byState.done;
    this.failed = before.byState.failed;
    this.inDoubt = before.byState['in-doubt'];
    this.duplicates = before.duplicates;
    this.byClass = { ...before.byClass };
    this.waitingForRetry = before.byState.pending;
    this.#rate = new RateMeter(this.#begunAt);
  }

  get settled(): number {
    return this.done + this.failed + this.inDoubt;
  }

  get elapsedMs(): number {
    return performance.now() - this.#begunAt;
  }

  get ratePerSecond(): number {
    return this.#rate.perSecond(performance.now());
  }

  addAttempt(figures: AttemptFigures): void {
    this.attempts++;
    this.requests += figures.requests;
    this.bytesIn += figures.bytesIn;
    this.bytesOut += figures.bytesOut;
    this.latency.add(figures.durationMs);
    this.hosts.add(figures.host, figures.class !== 'ok', figures.durationMs);
  }

  addSettled(state: 'done' | 'failed' | 'in-doubt', outcomeClass: OutcomeClass): void {
    if (state === 'done') this.done++;
    else if (state === 'failed') this.failed++;
    else this.inDoubt++;
    this.byClass[outcomeClass] = (this.byClass[outcomeClass] ?? 0) + 1;
    this.settledHere++;
    this.#rate.add(performance.now());
  }
}
