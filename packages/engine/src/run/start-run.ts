import { CancelledError, cancelScope, parseDuration, UsageError } from '@sluice/core';
import { Session } from '@sluice/http';
import type { Ledger } from '@sluice/ledger';
import type { JobOptions, RunHandle, JobRunOptions } from '../job/job.ts';
import { Counters } from './counters.ts';
import { openRun } from './open-run.ts';
import type { Progress } from './progress.ts';
import { makeReport } from './read-outcomes.ts';
import type { Report } from './report.ts';
import { RunLoop } from './run-loop.ts';
import { seededRandom } from './seeded-random.ts';

const DEFAULT_CONCURRENCY = 256;
const DEFAULT_PER_HOST = 32;

/** Opens the ledger, begins the run and gives a handle on it. */
export async function startRun<Input, Output>(job: JobOptions<Input, Output>, options: JobRunOptions): Promise<RunHandle> {
  const concurrency = wholeNumber(job.concurrency ?? DEFAULT_CONCURRENCY, 'concurrency');
  const perHost = wholeNumber(job.perHost ?? DEFAULT_PER_HOST, 'perHost');
  const graceMs = parseDuration(options.grace ?? '10s');
  const session = new Session({ maxConnectionsPerOrigin: perHost, ...job.http });
  let ledger: Ledger;
  try {
    ledger = await openRun(job, options);
  } catch (error) {
    await session.close();
    throw error;
  }
  const counters = new Counters(await ledger.counts());
  const loop = new RunLoop<Input, Output>({
    job,
    ledger,
    session,
    counters,
    concurrency,
    perHost,
    random: seededRandom(ledger.run.seed + counters.settled),
  });
  return new ActiveRun({ job, ledger, session, counters, loop, concurrency, graceMs, signal: options.signal });
}

function wholeNumber(value: number, name: string): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new UsageError(`${name} must be a whole number of 1 or more, not ${String(value)}`);
}

interface ActiveGround<Input, Output> {
  readonly job: JobOptions<Input, Output>;
  readonly ledger: Ledger;
  readonly session: Session;
  readonly counters: Counters;
  readonly loop: RunLoop<Input, Output>;
  readonly concurrency: number;
  readonly graceMs: number;
  readonly signal: AbortSignal | undefined;
}

/** A run in this process. */
class ActiveRun<Input, Output> implements RunHandle {
  readonly finished: Promise<Report>;
  readonly #ground: ActiveGround<Input, Output>;
  /** Aborted to cancel what is under way; the one signal of a run. */
  readonly #cutter = new AbortController();
  #total: number | null;
  #isFinished = false;
  #failure: Error | undefined;

  constructor(ground: ActiveGround<Input, Output>) {
    this.#ground = ground;
    this.#total = ground.ledger.run.total;
    ground.ledger.onFailure((error) => {
      this.#failure = error;
      this.cut();
    });
    this.finished = this.#run();
    // Whoever asks for it gets the failure; until then it is not unhandled.
    this.finished.catch(() => {});
  }

  get ledger(): string {
    return this.#ground.ledger.path;
  }

  get runId(): string {
    return this.#ground.ledger.run.id;
  }

  get resumed(): boolean {
    return !this.#ground.ledger.created;
  }

  drain(): void {
    this.#ground.loop.drain(this.#ground.graceMs, () => this.cut());
  }

  cut(): void {
    this.#ground.loop.drain(0, () => {});
    this.#cutter.abort(new CancelledError('shutdown', 'the run was cut'));
  }

  progress(): Progress {
    const { counters, loop, concurrency } = this.#ground;
    const { settled, ratePerSecond } = counters;
    const total = this.#knownTotal(settled);
    const left = total === null ? null : total - settled;
    return {
      phase: this.#isFinished ? 'finished' : loop.isDraining ? 'draining' : 'running',
      total,
      settled,
      done: counters.done,
      failed: counters.failed,
      inDoubt: counters.inDoubt,
      duplicates: counters.duplicates,
      byClass: { ...counters.byClass },
      inFlight: loop.inFlight,
      limit: concurrency,
      queued: loop.queues.size,
      waitingForRetry: counters.waitingForRetry,
      elapsedMs: counters.elapsedMs,
      settledHere: counters.settledHere,
      attempts: counters.attempts,
      retries: counters.retries,
      requests: counters.requests,
      bytesIn: counters.bytesIn,
      bytesOut: counters.bytesOut,
      ratePerSecond,
      etaMs: left === null || ratePerSecond <= 0 ? null : (left / ratePerSecond) * 1000,
      latency: counters.latency.summary(),
      hosts: counters.hosts.worst((host) => loop.queues.load(host)),
      drainLeftMs:
        loop.drainBy === undefined || this.#isFinished ? null : Math.max(0, loop.drainBy - performance.now()),
    };
  }

  /** Without the lines that stand twice: they are no items. */
  #knownTotal(settled: number): number | null {
    const total = this.#total;
    return total === null ? null : Math.max(settled, total - this.#ground.counters.duplicates);
  }

  async #run(): Promise<Report> {
    const { ledger, session, loop, signal } = this.#ground;
    const onAbort = (): void => this.cut();
    if (signal?.aborted === true) this.cut();
    signal?.addEventListener('abort', onAbort, { once: true });
    const wasComplete = !ledger.created && ledger.run.state === 'complete';
    try {
      const counting = this.#countSource();
      await cancelScope(() => loop.run(), { signal: this.#cutter.signal });
      if (this.#failure !== undefined) throw this.#failure;
      await counting;
      return await this.#end(wasComplete);
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.#isFinished = true;
      await session.close();
      await this.#closeLedger();
    }
  }

  async #end(wasComplete: boolean): Promise<Report> {
    const { ledger, loop } = this.#ground;
    await ledger.flush();
    const counts = await ledger.counts();
    const isComplete = !loop.isDraining && counts.byState.pending === 0 && counts.byState.leased === 0;
    await ledger.updateRun({
      state: isComplete ? 'complete' : 'stopped',
      ...(this.#total === null ? {} : { total: this.#total }),
    });
    this.#isFinished = true;
    return makeReport({
      runId: this.runId,
      ledger: ledger.path,
      state: isComplete ? 'complete' : 'stopped',
      wasComplete: wasComplete && isComplete && this.#ground.counters.attempts === 0,
      held: counts.byState['in-doubt'],
      progress: this.progress(),
    });
  }

  async #closeLedger(): Promise<void> {
    try {
      await this.#ground.ledger.close();
    } catch (error) {
      // A ledger that failed cannot be closed in order; its failure is what the run throws.
      if (this.#failure === undefined) throw error;
    }
  }

  /** Finds out beside the run how many items there are. */
  async #countSource(): Promise<void> {
    const { job, ledger } = this.#ground;
    if (this.#total !== null) return;
    try {
      this.#total = (await job.source.count?.()) ?? null;
      if (this.#total !== null) await ledger.updateRun({ total: this.#total });
    } catch {
      // A source that cannot be counted is read all the same, and says there what is wrong.
      this.#total = null;
    }
  }
}
