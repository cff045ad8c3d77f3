import { type Duration, parseDuration } from '../duration.ts';
import type { CancelledError } from '../errors/cancelled-error.ts';
import { UsageError } from '../errors/usage-error.ts';
import { checkpointScope, now } from '../scope/current.ts';
import { refuse } from '../scope/refuse.ts';
import type { Scope } from '../scope/scope.ts';
import type { Limiter, Permit } from '../sync/limiter.ts';
import { PermitOnce } from '../sync/permit-once.ts';
import { QueueWaiter } from '../sync/queue-waiter.ts';
import { WaitQueue } from '../sync/wait-queue.ts';
import type { TimerEntry } from '../time/timer-heap.ts';

/** Options of {@link rateLimiter}. */
export interface RateLimiterOptions {
  /** How many permits `per` gives. */
  readonly limit: number;
  /** The time that `limit` is for. Default `'1s'`. */
  readonly per?: Duration;
  /** How many may go at once after a pause. Default 1: evenly spaced, so that no stretch of `per` ever has more than `limit`. */
  readonly burst?: number;
}

/** What `statistics()` of a rate limiter tells. */
export interface RateLimiterStatistics {
  readonly limit: number;
  readonly perMs: number;
  readonly burst: number;
  readonly waiting: number;
  /** When the next permit is free, on the clock of `now()`. */
  readonly freeAt: number;
}

/** A {@link Limiter} whose permits come back with time, not with `release`. */
export interface RateLimiter extends Limiter {
  statistics(): RateLimiterStatistics;
}

/**
 * At most `limit` starts every `per`, first in, first out. A permit is spent when it is given: releasing it gives nothing back. A waiter that is
 * cancelled spends nothing; the next one takes its slot. The algorithm is GCRA, the virtual scheduling form of the token bucket
 * (ITU-T Recommendation I.371, annex A): one number is the whole state.
 *
 * @throws UsageError for a limit or burst that cannot be.
 * @example
 * const limiter = rateLimiter({ limit: 500, per: '1min' });
 * await map(urls, async (url) => { await limiter.acquire(); return session.get(url); }, { concurrency: 100 });
 */
export function rateLimiter(options: RateLimiterOptions): RateLimiter {
  const { limit, burst = 1 } = options;
  const perMs = parseDuration(options.per ?? '1s');
  if (!(limit > 0 && Number.isFinite(limit)))
    throw new UsageError(`the limit of a rate must be above 0, not ${String(limit)}`);
  if (!(Number.isInteger(burst) && burst >= 1))
    throw new UsageError(`the burst of a rate must be a whole number of 1 or more, not ${String(burst)}`);
  if (!(perMs > 0 && Number.isFinite(perMs))) throw new UsageError('the time of a rate must be above 0 and finite');
  return new Gcra(limit, perMs, burst);
}

class Gcra implements RateLimiter {
  readonly #limit: number;
  readonly #perMs: number;
  readonly #burst: number;
  /** Time between two permits. */
  readonly #intervalMs: number;
  /** The "theoretical arrival time" of the next permit, if all come evenly. */
  #arrivalAt = Number.NEGATIVE_INFINITY;
  readonly #queue = new WaitQueue<RateWaiter>('RateLimiter.acquire');

  constructor(limit: number, perMs: number, burst: number) {
    this.#limit = limit;
    this.#perMs = perMs;
    this.#burst = burst;
    this.#intervalMs = perMs / limit;
  }

  acquire(): Promise<Permit> {
    const scope = checkpointScope();
    if (scope.by !== null) return refuse(scope);
    const permit = this.tryAcquire();
    if (permit !== undefined) return Promise.resolve(permit);
    const waiter = this.#queue.push(new RateWaiter(scope, this));
    this.arm();
    return waiter.promise;
  }

  tryAcquire(): Permit | undefined {
    const at = now();
    return this.#queue.length === 0 && at >= this.#freeAt ? this.#take(at) : undefined;
  }

  statistics(): RateLimiterStatistics {
    const freeAt = Math.max(this.#freeAt, now());
    return { limit: this.#limit, perMs: this.#perMs, burst: this.#burst, waiting: this.#queue.length, freeAt };
  }

  /** Gives out what is due and waits for the next. */
  serve(at: number): void {
    while (this.#queue.first !== null && at >= this.#freeAt) this.#queue.first.grant(this.#take(at));
    this.arm();
  }

  /** Only the first in line has a timer. */
  arm(): void {
    const first = this.#queue.first;
    if (first !== null && first.heapIndex < 0) first.scope.runtime.timers.add(first, this.#freeAt);
  }

  get #freeAt(): number {
    return this.#arrivalAt - (this.#burst - 1) * this.#intervalMs;
  }

  #take(at: number): Permit {
    this.#arrivalAt = Math.max(this.#arrivalAt, at) + this.#intervalMs;
    return new PermitOnce(() => {});
  }
}

class RateWaiter extends QueueWaiter<Permit> implements TimerEntry {
  readonly #limiter: Gcra;
  dueAt = 0;
  dueOrder = 0;
  heapIndex = -1;

  constructor(scope: Scope, limiter: Gcra) {
    super(scope);
    this.#limiter = limiter;
  }

  fire(): void {
    this.#limiter.serve(this.scope.runtime.clock.now());
  }

  override cancel(error: CancelledError): void {
    super.cancel(error);
    this.#limiter.arm();
  }

  protected override leave(): void {
    super.leave();
    if (this.heapIndex >= 0) this.scope.runtime.timers.remove(this);
  }
}
