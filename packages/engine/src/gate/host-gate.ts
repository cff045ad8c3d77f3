import { classRule, type OutcomeClass } from '../outcome/classes.ts';
import { AnnouncedGate } from './announced-limit.ts';
import { Breaker, type BreakerOptions, type BreakerState } from './breaker.ts';
import { ConcurrencySearch } from './concurrency-search.ts';
import { RateSearch } from './rate-search.ts';
import type { AnnouncedLimit } from './read-rate-headers.ts';
import { RetryBudget, type RetryBudgetOptions } from './retry-budget.ts';
import { type BucketOptions, TokenBucket } from './token-bucket.ts';
import { UsageEstimate } from './usage-estimate.ts';

/** What bounds the flow to one host. */
export interface HostGateOptions {
  /** Requests under way at once: a number, or found out between 1 and {@link HostGateOptions.maxConcurrency}. Default `'auto'`. */
  readonly concurrency?: 'auto' | number;
  /** The most that `'auto'` goes up to. Default 32. */
  readonly maxConcurrency?: number;
  readonly rate?: BucketOptions;
  /**
   * Usage units (tokens). One percent of it is left alone, because what is under way may use more than was taken for it, and its burst is a tenth of
   * the quota unless it says otherwise: many servers enforce a minute's quota in shorter steps.
   */
  readonly quota?: BucketOptions;
  /** What a request is taken to use before the first reply. Default: a sixteenth of the quota. */
  readonly firstUsage?: number;
  /** The least time between the beginnings of two requests. Default 0. */
  readonly delayMs?: number;
  readonly breaker?: BreakerOptions;
  readonly retryBudget?: RetryBudgetOptions;
}

/** How a request ended, as far as gates have to know. */
export interface GateResult {
  readonly class: OutcomeClass;
  /** Whether anything came back: a refused connection did. Default: what the class says. */
  readonly hasAnswer?: boolean;
  /** How much of its time passed before it was sent: for the name, the connection, TLS. Default 0. */
  readonly setUpMs?: number | undefined;
  /** How long the server asked to wait. */
  readonly retryAfterMs?: number | undefined;
  /** Limits that the reply told. */
  readonly announced?: readonly AnnouncedLimit[];
  /** What it used of the quota; the estimate stands when it is not known. */
  readonly usage?: number | undefined;
}

/** What a request took of its gate; it is given back with how it ended, once. */
export interface HostPass {
  readonly startedAt: number;
  /** The window in which its latency counts. */
  readonly window: number;
  readonly usage: number;
  readonly isRetry: boolean;
  readonly isProbe: boolean;
}

/** The names of {@link GateReason}. */
export const GATE_REASONS = [
  'open',
  'concurrency',
  'breaker',
  'retry-after',
  'delay',
  'rate',
  'quota',
  'announced limit',
  'learned rate',
] as const;

/** What keeps the next request to a host back; `open`: nothing. */
export type GateReason = (typeof GATE_REASONS)[number];

/** A gate at one moment. */
export interface GateState {
  /** Requests that may be under way at once. */
  readonly limit: number;
  readonly inFlight: number;
  /** Requests a second that are allowed, as configured or as learned, the lower one; null while nothing bounds them. */
  readonly perSecond: number | null;
  readonly why: GateReason;
  /** Milliseconds until it opens by itself; 0 when it is open, null when something has to end first. */
  readonly opensInMs: number | null;
}

/** After so many probes that found a host as it was it is given up: what waits for it fails instead of waiting on. */
const PATIENCE = 4;
/** The longest pause that a server can ask for. */
const MAX_PAUSE_MS = 3_600_000;

/**
 * All that bounds the flow to one host: concurrency, fixed or found; rate, quota and delay as configured; what the server announced, asked for or was
 * found to refuse; breaker and retry budget. Everything is taken at once or not at all. Pure: it is told the time and how requests ended.
 */
export class HostGate {
  #options: HostGateOptions;
  #search: ConcurrencySearch | undefined;
  #rate: TokenBucket | undefined;
  #quota: TokenBucket | undefined;
  readonly #usage: UsageEstimate;
  readonly #learned = new RateSearch();
  #announced: Map<string, { readonly unit: 'requests' | 'tokens'; readonly gate: AnnouncedGate }> | undefined;
  readonly #breaker: Breaker;
  readonly #budget: RetryBudget;
  #pausedUntil = 0;
  #nextAt = 0;
  #inFlight = 0;
  #lastFailure: OutcomeClass = 'connect';

  constructor(options: HostGateOptions, nowMs: number) {
    this.#options = options;
    this.#breaker = new Breaker(options.breaker);
    this.#budget = new RetryBudget(options.retryBudget ?? {}, nowMs);
    this.#usage = new UsageEstimate(options.firstUsage ?? (options.quota?.limit ?? 0) / 16);
    this.configure(options, nowMs);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** How many may be under way now. */
  get limit(): number {
    return this.#search?.limit ?? (this.#options.concurrency as number);
  }

  breakerState(nowMs: number): BreakerState {
    return this.#breaker.state(nowMs);
  }

  /** How the last request that failed did so, when the host has failed for so long that waiting for it makes no sense now; else undefined. */
  givenUp(nowMs: number): OutcomeClass | undefined {
    return this.#breaker.failedProbes >= PATIENCE && this.#breaker.readyAt(nowMs) > nowMs
      ? this.#lastFailure
      : undefined;
  }

  /** How it stands, for people. */
  state(nowMs: number): GateState {
    const rates = [this.#rate && this.#rate.perMs * 1000, this.#learned.perSecond].filter((rate) => rate !== undefined);
    const opensAt = this.readyAt(nowMs);
    return {
      limit: this.limit,
      inFlight: this.#inFlight,
      perSecond: rates.length === 0 ? null : Math.min(...rates),
      why: opensAt <= nowMs ? 'open' : this.#reason(nowMs),
      opensInMs: opensAt === Number.POSITIVE_INFINITY ? null : Math.max(0, opensAt - nowMs),
    };
  }

  /** What keeps it closed for longest. */
  #reason(nowMs: number): GateReason {
    if (this.#breaker.readyAt(nowMs) > nowMs) return 'breaker';
    if (this.#inFlight >= this.limit) return 'concurrency';
    const times: [GateReason, number][] = [
      ['retry-after', this.#pausedUntil],
      ['delay', this.#nextAt],
      ['rate', this.#rate?.readyAt(nowMs) ?? nowMs],
      ['quota', this.#quota?.readyAt(nowMs, this.#usage.of(this.#inFlight)) ?? nowMs],
    ];
    if (this.#announced === undefined) times.push(['learned rate', this.#learned.readyAt(nowMs)]);
    else
      for (const { unit, gate } of this.#announced.values())
        times.push(['announced limit', gate.readyAt(nowMs, this.#amount(unit))]);
    return times.reduce((latest, one) => (one[1] > latest[1] ? one : latest))[0];
  }

  /** Requests a second that the server was found to allow; undefined while nothing is known. */
  get learnedPerSecond(): number | undefined {
    return this.#learned.perSecond;
  }

  /** Other bounds from now on. More may be under way than a lowered limit allows, until they have ended. */
  configure(options: HostGateOptions, nowMs: number): void {
    this.#options = options;
    const { concurrency = 'auto', maxConcurrency = 32, rate, quota } = options;
    if (concurrency !== 'auto') this.#search = undefined;
    else if (this.#search === undefined) this.#search = new ConcurrencySearch({ min: 1, max: maxConcurrency });
    else this.#search.configure({ min: 1, max: maxConcurrency }, nowMs);
    this.#rate = configured(this.#rate, rate, nowMs);
    this.#quota = configured(this.#quota, quota && withMargin(quota), nowMs);
  }

  /** When one more may begin: now or earlier, later, or (Infinity) when one that is under way has ended. */
  readyAt(nowMs: number, isRetry = false): number {
    if (this.#inFlight >= this.limit) return Number.POSITIVE_INFINITY;
    let at = Math.max(nowMs, this.#pausedUntil, this.#nextAt);
    const breaker = this.#breaker.readyAt(nowMs);
    if (breaker > at) at = breaker;
    if (this.#rate !== undefined) at = Math.max(at, this.#rate.readyAt(nowMs));
    if (this.#quota !== undefined) at = Math.max(at, this.#quota.readyAt(nowMs, this.#usage.of(this.#inFlight)));
    if (this.#announced === undefined) at = Math.max(at, this.#learned.readyAt(nowMs));
    else
      for (const { unit, gate } of this.#announced.values()) at = Math.max(at, gate.readyAt(nowMs, this.#amount(unit)));
    return isRetry ? Math.max(at, this.#budget.readyAt(nowMs)) : at;
  }

  /** Takes all that one request needs. Only when {@link readyAt} says that it may. */
  begin(nowMs: number, isRetry = false): HostPass {
    const usage = this.#usage.of(this.#inFlight);
    this.#inFlight++;
    const window = this.#search?.began(this.#inFlight, nowMs) ?? 0;
    this.#rate?.take(nowMs);
    this.#quota?.take(nowMs, usage);
    this.#learned.began(nowMs);
    if (this.#announced !== undefined) {
      for (const { unit, gate } of this.#announced.values()) gate.began(nowMs, unit === 'tokens' ? usage : 1);
    }
    if (isRetry) this.#budget.take(nowMs);
    const { delayMs = 0 } = this.#options;
    if (delayMs > 0) this.#nextAt = nowMs + delayMs;
    return { startedAt: nowMs, window, usage, isRetry, isProbe: this.#breaker.begin(nowMs) };
  }

  /** A request ended. */
  end(pass: HostPass, result: GateResult, nowMs: number): void {
    this.#inFlight--;
    if (result.usage !== undefined) this.correctUsage(pass, result.usage, nowMs);
    this.#hear(pass, result, nowMs);
    if (result.class === 'throttled') this.#throttled(pass, result.retryAfterMs ?? 0, nowMs);
    else if (classRule(result.class).blamesHost) this.#failed(pass, result.class, nowMs);
    else if (isAnswer(result.class)) this.#answered(pass, result.setUpMs, nowMs);
    else this.#leave(pass);
  }

  /** What failed lately was not the host's fault: where it is left alone for that, one request may find out at once how it is. */
  forgive(): void {
    this.#breaker.forgive();
  }

  /** What a request used is known, after its end. */
  correctUsage(pass: HostPass, usage: number, nowMs: number): void {
    this.#quota?.correct(nowMs, pass.usage - usage);
    this.#usage.add(usage);
  }

  /** Nothing was sent: what was taken is given back. */
  giveBack(pass: HostPass, nowMs: number): void {
    this.#inFlight--;
    this.#rate?.correct(nowMs, 1);
    this.#quota?.correct(nowMs, pass.usage);
    if (this.#announced !== undefined) {
      for (const { unit, gate } of this.#announced.values()) gate.giveBack(unit === 'tokens' ? pass.usage : 1);
    }
    this.#learned.giveBack(nowMs);
    if (pass.isRetry) this.#budget.giveBack();
    this.#leave(pass);
  }

  /** Nothing is concluded from it. */
  #leave(pass: HostPass): void {
    this.#search?.left(pass);
    if (pass.isProbe) this.#breaker.giveBack();
  }

  #answered(pass: HostPass, setUpMs: number | undefined, nowMs: number): void {
    if (pass.isProbe) this.#search?.restart(nowMs);
    this.#breaker.success(pass.isProbe);
    this.#budget.success();
    this.#learned.passed();
    this.#search?.answered(pass, nowMs, setUpMs);
  }

  #throttled(pass: HostPass, askedMs: number, nowMs: number): void {
    // It is there, and it answers.
    this.#breaker.success(pass.isProbe);
    const pauseMs = Math.min(MAX_PAUSE_MS, askedMs);
    const isNews = this.#learned.refused(pass.startedAt, nowMs, pauseMs);
    if (this.#learned.isDeaf(nowMs)) {
      // The item was refused, not the flow: it comes back when it was told to, and nobody else waits for that.
      this.#search?.left(pass);
      return;
    }
    this.#pausedUntil = Math.max(this.#pausedUntil, nowMs + pauseMs);
    this.#search?.dropped(pass, nowMs);
    // A server that names no time, or a wrong one, is left alone for a while, unless it was told off for what began before the last refusal.
    if (isNews && (pauseMs === 0 || this.#learned.isClosed))
      this.#pausedUntil = Math.max(this.#pausedUntil, nowMs + this.#learned.closedMs);
  }

  #failed(pass: HostPass, outcomeClass: OutcomeClass, nowMs: number): void {
    this.#lastFailure = outcomeClass;
    // What has failed before fails again for its own reasons: only what is new, or was sent to find out, tells of the host.
    if (!pass.isRetry || pass.isProbe) this.#breaker.failure(nowMs, pass.isProbe);
    if (outcomeClass === 'timeout') this.#search?.dropped(pass, nowMs);
    else this.#search?.left(pass);
  }

  #hear(pass: HostPass, { announced = [] }: GateResult, nowMs: number): void {
    if (this.#announced !== undefined) {
      for (const { unit, gate } of this.#announced.values()) gate.ended(unit === 'tokens' ? pass.usage : 1);
    }
    for (const limit of announced) {
      this.#announced ??= new Map();
      let known = this.#announced.get(limit.name);
      if (known === undefined) {
        // A server has a few limits; one that makes up names has no more than that.
        if (this.#announced.size >= 8) continue;
        known = { unit: limit.unit, gate: new AnnouncedGate(this.#inFlight * this.#amount(limit.unit)) };
        this.#announced.set(limit.name, known);
      }
      known.gate.told(limit, nowMs);
    }
  }

  #amount(unit: 'requests' | 'tokens'): number {
    return unit === 'tokens' ? this.#usage.of(this.#inFlight) : 1;
  }
}

/** Whether something came back from the host. */
export function hasAnswered({ class: outcomeClass, hasAnswer }: GateResult): boolean {
  return hasAnswer ?? !UNANSWERED.has(outcomeClass);
}

const UNANSWERED: ReadonlySet<OutcomeClass> = new Set(['connect', 'dns', 'timeout', 'in-doubt']);

/** Whether the class is something that a host said. */
export function isFromHost(outcomeClass: OutcomeClass): boolean {
  return outcomeClass === 'throttled' || isAnswer(outcomeClass) || classRule(outcomeClass).blamesHost;
}

/** Whether the class is an answer of the host that does not speak against it. */
function isAnswer(outcomeClass: OutcomeClass): boolean {
  return outcomeClass === 'ok' || outcomeClass === 'client' || outcomeClass === 'limit';
}

function withMargin(quota: BucketOptions): BucketOptions {
  return { burst: quota.limit / 10, ...quota, limit: quota.limit * 0.99 };
}

function configured(
  bucket: TokenBucket | undefined,
  options: BucketOptions | undefined,
  nowMs: number,
): TokenBucket | undefined {
  if (options === undefined) return undefined;
  if (bucket === undefined) return new TokenBucket(options, nowMs);
  bucket.configure(options, nowMs);
  return bucket;
}
