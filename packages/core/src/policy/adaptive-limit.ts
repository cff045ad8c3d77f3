import { UsageError } from '../errors/usage-error.ts';
import { now, random } from '../scope/current.ts';
import type { Limiter, Permit } from '../sync/limiter.ts';
import { Semaphore } from '../sync/semaphore.ts';
import { Aimd, Gradient2, type LimitAlgorithm, Vegas } from './limit-algorithms.ts';

/** Options of {@link adaptiveLimit}. */
export interface AdaptiveLimitOptions {
  /** How the limit is found: `'aimd'` (from drops alone), `'vegas'` or `'gradient2'` (from latency too). Default `'gradient2'`. */
  readonly algorithm?: 'aimd' | 'vegas' | 'gradient2';
  /** Never below. Default 1. */
  readonly min?: number;
  /** Never above. Default 200. */
  readonly max?: number;
  /** Where it begins. Default 20, within `min` and `max`. */
  readonly initial?: number;
}

/** A permit that tells how the call went. Released without a word (by `using`, say), the call counts for nothing. */
export interface AdaptivePermit extends Permit {
  /** The call was answered: its latency counts. Gives the permit back. */
  success(): void;
  /** The call was refused or took too long: the limit is lowered. Gives the permit back. */
  dropped(): void;
}

/** What `statistics()` of an adaptive limit tells. */
export interface AdaptiveLimitStatistics {
  /** How many may be under way now. */
  readonly limit: number;
  readonly held: number;
  readonly waiting: number;
}

/** A {@link Limiter} that finds its own limit. */
export interface AdaptiveLimit extends Limiter {
  readonly limit: number;
  acquire(): Promise<AdaptivePermit>;
  tryAcquire(): AdaptivePermit | undefined;
  statistics(): AdaptiveLimitStatistics;
}

/**
 * Lets as many through at once as the other side takes without queueing, and finds out how many that is. First in, first out.
 *
 * @throws UsageError for bounds that cannot be.
 * @example
 * const limit = adaptiveLimit({ algorithm: 'vegas', max: 100 });
 * using permit = await limit.acquire();
 * const reply = await session.get(url);
 * if (reply.status === 429) permit.dropped(); else permit.success();
 */
export function adaptiveLimit(options: AdaptiveLimitOptions = {}): AdaptiveLimit {
  const { algorithm = 'gradient2', min = 1, max = Math.max(200, min) } = options;
  const initial = options.initial ?? Math.min(max, Math.max(min, 20));
  const isOrdered = Number.isInteger(min) && min >= 1 && min <= initial && initial <= max && Number.isFinite(max);
  if (!isOrdered) {
    throw new UsageError(`an adaptive limit needs 1 ≤ min ≤ initial ≤ max, not ${min}, ${initial}, ${max}`);
  }
  return new Adaptive(algorithmOf(algorithm), min, max, initial);
}

function algorithmOf(name: NonNullable<AdaptiveLimitOptions['algorithm']>): LimitAlgorithm {
  switch (name) {
    case 'aimd':
      return new Aimd();
    case 'vegas':
      return new Vegas(random);
    case 'gradient2':
      return new Gradient2();
    default:
      throw new UsageError(`the algorithm is 'aimd', 'vegas' or 'gradient2', not '${String(name)}'`);
  }
}

class Adaptive implements AdaptiveLimit {
  readonly #algorithm: LimitAlgorithm;
  readonly #min: number;
  readonly #max: number;
  /** With its fraction, so that small steps add up. */
  #estimate: number;
  readonly #semaphore: Semaphore;

  constructor(algorithm: LimitAlgorithm, min: number, max: number, initial: number) {
    this.#algorithm = algorithm;
    this.#min = min;
    this.#max = max;
    this.#estimate = initial;
    this.#semaphore = new Semaphore(Math.floor(initial));
  }

  get limit(): number {
    return this.#semaphore.limit;
  }

  async acquire(): Promise<AdaptivePermit> {
    return this.#begin(await this.#semaphore.acquire());
  }

  tryAcquire(): AdaptivePermit | undefined {
    const permit = this.#semaphore.tryAcquire();
    return permit === undefined ? undefined : this.#begin(permit);
  }

  statistics(): AdaptiveLimitStatistics {
    return this.#semaphore.statistics();
  }

  #begin(permit: Permit): AdaptivePermit {
    const startedAt = now();
    const inFlight = this.#semaphore.statistics().held;
    return new ReportingPermit(permit, (dropped) => {
      const sample = { rttMs: now() - startedAt, inFlight, dropped };
      this.#estimate = Math.min(this.#max, Math.max(this.#min, this.#algorithm.next(this.#estimate, sample)));
      this.#semaphore.limit = Math.floor(this.#estimate);
    });
  }
}

class ReportingPermit implements AdaptivePermit {
  readonly #permit: Permit;
  #report: ((dropped: boolean) => void) | undefined;

  constructor(permit: Permit, report: (dropped: boolean) => void) {
    this.#permit = permit;
    this.#report = report;
  }

  success(): void {
    this.#end(false);
  }

  dropped(): void {
    this.#end(true);
  }

  release(): void {
    this.#report = undefined;
    this.#permit.release();
  }

  [Symbol.dispose](): void {
    this.#report = undefined;
    this.#permit[Symbol.dispose]();
  }

  #end(dropped: boolean): void {
    const report = this.#report;
    this.#report = undefined;
    // The new limit first: whoever waits for this permit goes on by it.
    report?.(dropped);
    this.#permit.release();
  }
}
