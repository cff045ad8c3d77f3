import { type CancelScope, cancellable, cancelScope, gather, isCancelled, UsageError } from '@sluice/core';
import { withLogFields } from '@sluice/telemetry';
import type { JobOptions, RunHandle } from '../job/job.ts';
import { defaultRow, exportResults } from '../sink/export-results.ts';
import type { AttemptMaker } from './attempt-maker.ts';
import { busiestHosts } from './busiest-hosts.ts';
import type { Counters } from './counters.ts';
import type { RunChange } from './gate-settings.ts';
import type { OpenedRun } from './open-run.ts';
import type { HostGateState, Progress } from './progress.ts';
import { makeReport } from './read-outcomes.ts';
import type { Report } from './report.ts';
import type { RunLoop } from './run-loop.ts';

/** What a run is made of. */
export interface ActiveGround<Input, Output> extends OpenedRun {
  readonly job: JobOptions<Input, Output>;
  readonly attempts: AttemptMaker<Input>;
  readonly counters: Counters;
  readonly loop: RunLoop<Input, Output>;
  readonly signal: AbortSignal | undefined;
}

/** A run in this process: the loop, what is around it, and its end. */
export class ActiveRun<Input, Output> implements RunHandle {
  readonly finished: Promise<Report>;
  readonly #ground: ActiveGround<Input, Output>;
  /** Lines of the source and what steps have emitted, as far as it is known: items, and duplicates. */
  #total: number | null;
  #isFinished = false;
  #failure: Error | undefined;
  /** The scope of the export to the sink, while it goes on. */
  #exporting: CancelScope | undefined;

  constructor(ground: ActiveGround<Input, Output>) {
    this.#ground = ground;
    // The ledger keeps how many items there are; lines that stood twice are none.
    this.#total = ground.total === null ? null : ground.total + ground.counters.duplicates;
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

  get readsAgain(): boolean {
    return this.#ground.isReadAgain && !this.#ground.sourceDone;
  }

  drain(): void {
    this.#ground.loop.drain();
    // A batch that is on its way to the sink is written or not; the export goes on where it stood.
    this.#exporting?.cancel('the run was stopped');
  }

  cut(): void {
    this.#ground.loop.cut();
    this.#exporting?.cancel('the run was cut');
  }

  gates(most = 20): HostGateState[] {
    return busiestHosts(this.#ground.loop.scheduler, most);
  }

  set(change: RunChange): void {
    if (this.#isFinished) throw new UsageError('the run has ended: nothing of it can be changed');
    this.#ground.loop.change(change);
  }

  progress(): Progress {
    const { counters, loop, ledger, attempts } = this.#ground;
    const { scheduler } = loop;
    const { settled, ratePerSecond } = counters;
    const total = this.#knownTotal(settled);
    const left = total === null ? null : total - settled;
    return {
      phase: this.#isFinished ? 'finished' : loop.isDraining ? 'draining' : 'running',
      stall: this.#isFinished ? null : (ledger.stall?.message ?? null),
      total,
      settled,
      done: counters.done,
      failed: counters.failed,
      inDoubt: counters.inDoubt,
      duplicates: counters.duplicates,
      byClass: { ...counters.byClass },
      inFlight: loop.inFlight,
      loops: attempts.loops.threads,
      loopsLost: attempts.loops.lost,
      limit: scheduler.limit,
      pause: loop.pause ?? null,
      isOutage: scheduler.isOutage,
      queued: scheduler.size,
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
      hosts: counters.hosts.worst((host) => ({
        ...scheduler.load(host),
        gate: scheduler.gate(host)?.state(performance.now()) ?? null,
      })),
      drainLeftMs:
        loop.drainBy === undefined || this.#isFinished ? null : Math.max(0, loop.drainBy - performance.now()),
    };
  }

  /** Without the lines that stand twice, for they are no items, and with what steps have emitted, as far as it was seen. */
  #knownTotal(settled: number): number | null {
    const { counters, loop } = this.#ground;
    if (this.#total === null) return null;
    return Math.max(this.#total - counters.duplicates, settled + loop.inFlight + loop.scheduler.size);
  }

  async #run(): Promise<Report> {
    const { ledger, attempts, signal, job } = this.#ground;
    const onAbort = (): void => this.cut();
    if (signal?.aborted === true) this.cut();
    signal?.addEventListener('abort', onAbort, { once: true });
    const wasComplete = !ledger.created && ledger.run.state === 'complete';
    try {
      await this.#work();
      return await this.#end(wasComplete);
    } catch (error) {
      // A ledger that fails makes everything else fail too: it is what has to be said.
      if (this.#failure !== undefined) throw this.#failure;
      await ledger.updateRun({ state: 'stopped' });
      throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.#isFinished = true;
      await attempts.close();
      await job.sink?.close();
      await this.#closeLedger();
    }
  }

  /** Counts the source beside the loop; a run that stops does not wait for it. */
  async #work(): Promise<void> {
    const { loop } = this.#ground;
    await cancelScope(async (scope) => {
      const work = async (): Promise<void> => {
        await withLogFields({ run: this.runId }, () => loop.run());
        if (loop.isDraining) scope.cancel('the run was stopped');
      };
      await gather([work, () => this.#countSource()]);
    });
  }

  async #end(wasComplete: boolean): Promise<Report> {
    const { ledger, loop, counters } = this.#ground;
    await ledger.flush();
    const counts = await ledger.counts();
    // Of a source that was read again the duplicates were met again.
    counters.duplicates = counts.duplicates;
    const isSettled = !loop.isDraining && counts.byState.pending === 0 && counts.byState.leased === 0;
    const isComplete = isSettled && (await this.#export());
    if (isSettled) this.#total = counters.settled + counters.duplicates;
    const total = this.#knownTotal(counters.settled);
    await ledger.updateRun({ state: isComplete ? 'complete' : 'stopped', ...(total === null ? {} : { total }) });
    this.#isFinished = true;
    return makeReport({
      runId: this.runId,
      ledger: ledger.path,
      state: isComplete ? 'complete' : 'stopped',
      wasComplete: wasComplete && isComplete && counters.attempts === 0,
      held: counts.byState['in-doubt'],
      progress: this.progress(),
    });
  }

  /** Hands the results to the job's sink; false when that was stopped. */
  async #export(): Promise<boolean> {
    const { job, ledger } = this.#ground;
    const { sink, toRow = defaultRow } = job;
    if (sink === undefined) return true;
    const isDone = await cancelScope(async (scope) => {
      this.#exporting = scope;
      await exportResults(ledger, sink, toRow);
      return true;
    });
    this.#exporting = undefined;
    return isDone === true;
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
    if (this.#total !== null || job.source.count === undefined) return;
    try {
      this.#total = await cancellable(job.source.count());
      if (this.#total !== null) await ledger.updateRun({ total: this.#total });
    } catch (error) {
      if (isCancelled(error)) throw error;
      // A source that cannot be counted is read all the same, and says there what is wrong.
      this.#total = null;
    }
  }
}
