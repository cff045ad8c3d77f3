import {
  cancellable,
  isCancelled,
  type Permit,
  parseDuration,
  Semaphore,
  shield,
  TimeoutError,
  UsageError,
} from '@sluice/core';
import { EngineError } from '../errors.ts';
import { definitionOf } from '../job/definition.ts';
import type { JobOptions } from '../job/job.ts';
import { jobModule } from '../job/job-module.ts';
import type { Outcome } from '../outcome/outcome.ts';
import { CUT } from '../run/attempt.ts';
import type { AttemptMaker, LoopCount } from '../run/attempt-maker.ts';
import { type AttemptReport, reportOf } from '../run/attempt-report.ts';
import type { ItemGate } from '../run/item-gate.ts';
import type { WorkItem } from '../run/work-item.ts';
import { AttemptFacts } from '../step/attempt-facts.ts';
import { type LoopEnding, LoopThread } from './loop-thread.ts';
import type { LoopSetup } from './messages.ts';

/** A host stays with its loop until that has so many attempts more under way than the idlest. */
const SLACK = 8;
/** How long a loop has to say how an attempt ended that was cut; steps have a quarter of a second to clean up. */
const CUT_MS = 1000;
/** How long a loop has to close its connections. */
const CLOSE_MS = 2000;
/** A loop that does not come back to its events for so long beyond the time of an attempt is ended: no deadline can be kept in it. */
const STILL_MS = 5000;
const LOOK_MS = 250;
/** Requests of a loop that stands still for so long hold no place at their hosts any more: others would wait for it in vain. */
const LET_GO_MS = 1000;

/** What a pool of loops is made with. */
export interface LoopPoolOptions<Input, Output> {
  readonly job: JobOptions<Input, Output>;
  readonly threads: number;
  readonly runId: string;
  /** Path of the log file. */
  readonly log: string;
}

/**
 * Makes attempts on event loops in threads of their own, while everything that decides stays in this one: gates, order, retries, the ledger. An
 * item goes to the loop of its host, where its connections are, unless that has far more to do than another. A loop that dies takes down only the
 * attempts that it had under way, and is replaced; each of them is then made again alone in a loop, so that the one that is to blame is found.
 */
export class LoopPool<Input, Output> implements AttemptMaker<Input> {
  readonly #job: JobOptions<Input, Output>;
  readonly #setup: Omit<LoopSetup, 'beat'>;
  readonly #threads: LoopThread[] = [];
  /** Items that were under way when a loop died, together with others. */
  readonly #suspects = new Set<number>();
  readonly #aloneTurn = new Semaphore(1);
  readonly #stillMs: number;
  readonly #look: NodeJS.Timeout;
  #alone: LoopThread | undefined;
  #lost = 0;
  #names = 0;
  #isClosing = false;
  /** Why no loop can be had any more. */
  #failure: Error | undefined;

  /** Not ready: see {@link LoopPool.start}. */
  constructor({ job, threads, runId, log }: LoopPoolOptions<Input, Output>) {
    this.#job = job;
    this.#setup = { module: jobModule(job.module!), definition: definitionOf(job), runId, log };
    this.#stillMs = parseDuration(job.timeout ?? '120s') + STILL_MS;
    for (let count = 0; count < threads; count++) this.#threads.push(this.#start());
    this.#look = setInterval(() => this.#watchStill(), LOOK_MS).unref();
  }

  /** Starts the loops; settles when all of them are ready. @throws UsageError when the job cannot be had in a loop */
  static async start<Input, Output>(options: LoopPoolOptions<Input, Output>): Promise<LoopPool<Input, Output>> {
    const pool = makePool(options);
    try {
      await Promise.all(pool.#threads.map((thread) => thread.ready));
      return pool;
    } catch (cause) {
      await pool.close();
      throw new UsageError(`the job cannot be run in several loops: ${(cause as Error).message}`, { cause });
    }
  }

  get loops(): LoopCount {
    return { threads: this.#threads.length, lost: this.#lost };
  }

  /** @throws EngineError when there are no loops any more */
  async attempt(item: WorkItem<Input>, gate: ItemGate<Input>): Promise<AttemptReport | undefined> {
    if (this.#suspects.has(item.id)) return await this.#attemptAlone(item, gate);
    return await this.#attemptIn(this.#loopFor(item.host), item, gate);
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    clearInterval(this.#look);
    const all = this.#alone === undefined ? this.#threads : [...this.#threads, this.#alone];
    await Promise.all(all.map((thread) => thread.close(CLOSE_MS)));
  }

  #start(): LoopThread {
    return new LoopThread(this.#setup, `loop ${++this.#names}`, { onGone: (thread) => this.#replace(thread) });
  }

  #replace(thread: LoopThread): void {
    if (this.#isClosing) return;
    if (thread === this.#alone) this.#alone = undefined;
    const index = this.#threads.indexOf(thread);
    if (thread.wasReady) {
      this.#lost++;
      if (index >= 0) this.#threads[index] = this.#start();
    } else {
      // One that cannot even begin would be replaced for ever.
      const message = `an event loop ended, and another cannot be started: ${thread.why}. The run can be resumed when that is mended`;
      this.#failure = new EngineError('SLUICE_LOOP_START', message);
    }
  }

  #loopFor(host: string): LoopThread {
    const threads = this.#threads;
    let idlest = threads[0]!;
    for (const thread of threads) if (thread.load < idlest.load) idlest = thread;
    if (host === '') return idlest;
    const home = threads[hashOf(host) % threads.length]!;
    return home.load - idlest.load <= SLACK ? home : idlest;
  }

  async #attemptAlone(item: WorkItem<Input>, gate: ItemGate<Input>): Promise<AttemptReport | undefined> {
    using turn = await this.#turnAlone();
    if (turn === undefined) return undefined;
    this.#alone ??= this.#start();
    const report = await this.#attemptIn(this.#alone, item, gate);
    if (report !== undefined) this.#suspects.delete(item.id);
    return report;
  }

  /** Undefined when the run was cut before. */
  async #turnAlone(): Promise<Permit | undefined> {
    try {
      return await this.#aloneTurn.acquire();
    } catch (error) {
      if (isCancelled(error)) return undefined;
      throw error;
    }
  }

  async #attemptIn(
    thread: LoopThread,
    { id, key, host, input, attempts }: WorkItem<Input>,
    gate: ItemGate<Input>,
  ): Promise<AttemptReport | undefined> {
    if (this.#failure !== undefined) throw this.#failure;
    const begun = { startedAt: Date.now(), at: performance.now() };
    const { promise, resolve } = Promise.withResolvers<LoopEnding>();
    const call = thread.begin({ id, key, host, input, attempts }, gate, resolve);
    const ending = await this.#ending(promise, () => thread.cancel(call));
    if (ending?.kind === 'report') return ending.report;
    if (this.#failure !== undefined) throw this.#failure;
    if (ending?.kind === 'never-began') return undefined;
    const idempotent = this.#job.idempotent ?? false;
    let outcome = CUT;
    if (ending !== undefined) {
      const isToBlame = ending.together === 1;
      if (!isToBlame && idempotent) this.#suspects.add(id);
      outcome = isToBlame ? brokeItsLoop(ending.why) : wentDownWithOthers(ending.why, ending.together);
    }
    return {
      ...reportOf({
        number: attempts + 1,
        outcome,
        facts: new AttemptFacts(),
        startedAt: begun.startedAt,
        durationMs: performance.now() - begun.at,
        idempotent,
        wasCut: ending === undefined,
      }),
      // Nobody knows.
      sent: true,
      mayHaveActed: !idempotent,
      // Of its requests nothing is concluded.
      hasRequested: true,
    };
  }

  /** How the attempt ended; undefined when it was cut and its loop did not say in time. */
  async #ending(promise: Promise<LoopEnding>, cancel: () => void): Promise<LoopEnding | undefined> {
    try {
      return await cancellable(promise);
    } catch (error) {
      if (!isCancelled(error)) throw error;
      cancel();
      return await lastWord(promise);
    }
  }

  /** Ends loops that stand still, and before that keeps them from holding up the others. */
  #watchStill(): void {
    const all = this.#alone === undefined ? this.#threads : [...this.#threads, this.#alone];
    for (const thread of all) {
      const { stillMs } = thread;
      if (stillMs > LET_GO_MS) thread.letGo();
      if (stillMs > this.#stillMs && thread.load > 0)
        thread.kill(`a step has kept its event loop busy for ${Math.round(stillMs / 1000)} s without a pause`);
    }
  }
}

/** @throws UsageError when what the loops need to know cannot be told to them */
function makePool<Input, Output>(options: LoopPoolOptions<Input, Output>): LoopPool<Input, Output> {
  try {
    return new LoopPool(options);
  } catch (cause) {
    if (!(cause instanceof DOMException)) throw cause;
    throw new UsageError(
      `the options of the job cannot be sent to another thread (${cause.message}): with loops above 1 they must be plain data`,
      { cause },
    );
  }
}

async function lastWord(promise: Promise<LoopEnding>): Promise<LoopEnding | undefined> {
  try {
    return await shield(() => cancellable(promise), { timeout: CUT_MS });
  } catch (error) {
    if (error instanceof TimeoutError) return undefined;
    throw error;
  }
}

const BLANK = {
  code: 'SLUICE_LOOP_DIED',
  isDefinite: false,
  wasCutOff: true,
  isRetryable: true,
  retryAfterMs: undefined,
  reply: undefined,
  evidence: undefined,
  value: undefined,
};

/** It was alone in its loop. */
function brokeItsLoop(why: string): Outcome {
  const message = `its step ended the event loop that it ran in: ${why}`;
  return { ...BLANK, class: 'step', message, spendsNothing: false };
}

/** Which of them it was is found out by making each of them again, alone. */
function wentDownWithOthers(why: string, together: number): Outcome {
  const message = `the event loop that it ran in was ended, with ${together - 1} other items under way: ${why}`;
  return { ...BLANK, class: 'local', message, spendsNothing: true };
}

/** FNV-1a over the text's code units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
