import { Event, isCancelled, moveOnAfter, sleep, type TaskGroup, taskGroup } from '@sluice/core';
import type { Ledger, Settlement, SourceCursor } from '@sluice/ledger';
import { failpoint } from '#failpoint';
import type { Begun, GateScheduler } from '../gate/gate-scheduler.ts';
import { hasRetried, RetryPolicy, writeSpent } from '../item/retry-policy.ts';
import type { JobOptions } from '../job/job.ts';
import type { OutcomeClass } from '../outcome/classes.ts';
import { classifyError } from '../outcome/classify.ts';
import type { Outcome } from '../outcome/outcome.ts';
import type { ReadBatch } from '../source/item-source.ts';
import { readInScope } from '../source/read-in-scope.ts';
import { AttemptFacts } from '../step/attempt-facts.ts';
import type { AttemptMaker } from './attempt-maker.ts';
import { type AttemptReport, reportOf } from './attempt-report.ts';
import type { Counters } from './counters.ts';
import type { GateSettings, RunChange } from './gate-settings.ts';
import { GivenUpHosts } from './given-up-hosts.ts';
import { ItemGate } from './item-gate.ts';
import { type Prepared, prepareRead, prepareRecorded } from './prepare-item.ts';
import type { PauseReason } from './progress.ts';
import { RunGates } from './run-gates.ts';
import { RunGuard } from './run-guard.ts';
import { putOff, settle } from './settle.ts';
import type { WorkItem } from './work-item.ts';

/** What a loop works with. */
export interface RunGround<Input, Output> {
  readonly job: JobOptions<Input, Output>;
  readonly ledger: Ledger;
  readonly attempts: AttemptMaker<Input>;
  /** Where the source goes on. */
  readonly cursor: SourceCursor;
  readonly sourceDone: boolean;
  readonly counters: Counters;
  readonly settings: GateSettings;
  /** How long what is under way may go on after {@link RunLoop.drain}. */
  readonly graceMs: number;
  readonly random: () => number;
}

/** The longest time between two looks for items that are due: after a jump of the clock, too, they are found soon. */
const LONGEST_LOOK_MS = 5000;
/** Looking costs a commit of what was settled: not more often than this. */
const SHORTEST_LOOK_MS = 20;
/** While slots are free and nothing may begin, what waits for hosts that are away is put off, not more often than this. */
const SHED_EVERY_MS = 100;

/**
 * The way of every item through a process: read from the source and admitted, or taken when it is due; queued by host; begun as a task when every
 * gate before it is open; settled. Nothing waits while it holds a slot.
 */
export class RunLoop<Input, Output> {
  readonly #ground: RunGround<Input, Output>;
  readonly #gates: RunGates<Input>;
  readonly #policy: RetryPolicy;
  readonly #guard: RunGuard;
  readonly #givenUp: GivenUpHosts;
  /** The queue has room for more. */
  readonly #hunger = new Event();
  /** Something changed that the search for due items has to look at. */
  readonly #stir = new Event();
  readonly #draining = new Event();
  readonly #over = new Event();
  #group: TaskGroup | undefined;
  #pause: PauseReason | undefined;
  #shedAt = Number.NEGATIVE_INFINITY;
  #inFlight = 0;
  #sourceEnded = false;
  #isDraining = false;
  #drainBy: number | undefined;
  #nextDueAt = Number.POSITIVE_INFINITY;
  #isHeldBack = false;
  /** Why the source cannot be read on. */
  #sourceFailure: { readonly error: unknown } | undefined;

  constructor(ground: RunGround<Input, Output>) {
    this.#ground = ground;
    this.#policy = new RetryPolicy(ground.job.retry ?? {}, ground.random);
    this.#guard = new RunGuard(ground.job, ground.settings);
    this.#gates = new RunGates(ground.settings, ground.job.http?.baseUrl?.toString(), {
      onOpen: () => this.#pump(),
      onExhausted: (host, message) => this.#pauseFor(exhausted(host, message)),
    });
    this.#givenUp = new GivenUpHosts(this.#gates.scheduler);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get scheduler(): GateScheduler<WorkItem<Input>> {
    return this.#gates.scheduler;
  }

  /** Why it pauses by itself. */
  get pause(): PauseReason | undefined {
    return this.#pause;
  }

  /** Other bounds from now on. @throws UsageError for bounds that cannot be */
  change(change: RunChange): void {
    this.#gates.change(change);
    this.#pump();
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** When what is under way will be cut, on the clock of `performance.now()`. */
  get drainBy(): number | undefined {
    return this.#drainBy;
  }

  /**
   * Runs until every item has an outcome, or, after {@link drain}, nothing is under way. A cut, or a cancel from outside, ends what is under way.
   *
   * @throws what the source throws, when what was under way has ended.
   */
  async run(): Promise<void> {
    try {
      await taskGroup(
        async (group) => {
          this.#group = group;
          if (this.#isDraining) return;
          group.spawn(() => this.#feed(), { name: 'source' });
          group.spawn(() => this.#takeDue(), { name: 'due items' });
          group.spawn(() => this.#grace(), { name: 'grace' });
          try {
            await this.#over.wait();
          } catch (error) {
            // Cancelled, from here or from outside: what ends now must not make room for something new.
            this.#isDraining = true;
            this.#ground.ledger.failWhenStalled();
            throw error;
          }
          if (this.#isDraining) this.#ground.ledger.failWhenStalled();
          group.cancel('the run is over');
        },
        { name: 'run' },
      );
    } finally {
      this.#group = undefined;
      this.#gates.close();
      this.#ground.ledger.release(this.scheduler.clear().map((item) => item.id));
    }
    if (this.#sourceFailure !== undefined) throw this.#sourceFailure.error;
  }

  /** No new work; what is still under way when the grace is over is cut. */
  drain(): void {
    this.#drainWithin(this.#ground.graceMs);
  }

  /** No new work, and what is under way is cancelled now. */
  cut(): void {
    this.#drainWithin(0);
    this.#group?.cancel('the run was cut');
  }

  /** Something outside makes it senseless to go on: what is under way may finish, and the rest waits for somebody. */
  #pauseFor(reason: PauseReason): void {
    if (this.#isDraining) return;
    this.#pause = reason;
    this.drain();
  }

  #drainWithin(graceMs: number): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    this.#drainBy = performance.now() + graceMs;
    this.#draining.set();
    this.#endIfDrained();
  }

  async #grace(): Promise<void> {
    await this.#draining.wait();
    await sleep(this.#ground.graceMs);
    this.cut();
  }

  /** Reads the source to its end. When it fails, what is under way may still come to its own end. */
  async #feed(): Promise<void> {
    try {
      await this.#readSource();
    } catch (error) {
      if (isCancelled(error)) throw error;
      this.#sourceFailure = { error };
      this.drain();
    }
  }

  /** Reads the source as there is room, and lets the ledger say which items are new. */
  async #readSource(): Promise<void> {
    const { ledger, job, cursor, sourceDone } = this.#ground;
    if (!sourceDone) {
      let from = cursor;
      for await (const batch of readInScope(job.source.read(from))) {
        await this.#admit(batch, from);
        from = batch.to;
        await this.#room();
      }
      await ledger.admit({ from, to: from, items: [], last: true });
    }
    this.#sourceEnded = true;
    this.#stir.set();
  }

  async #admit(batch: ReadBatch<Input>, from: string | null): Promise<void> {
    const prepared = batch.items.map((read) => prepareRead(this.#ground.job, read));
    const items = prepared.map(({ item }) => ({ position: item.id, key: item.key, host: item.host, input: item.text }));
    const verdicts = await this.#ground.ledger.admit({ from, to: batch.to, items, last: false });
    failpoint('admitted');
    verdicts.forEach((verdict, index) => {
      if (verdict === 'fresh') this.#enqueue(prepared[index]!);
      else if (verdict === 'duplicate') this.#ground.counters.duplicates++;
    });
    this.#pump();
  }

  /** The most that is read ahead. */
  get #window(): number {
    return Math.max(512, this.#ground.settings.slots * 2);
  }

  /** Waits until the queue has room. */
  async #room(): Promise<void> {
    while (this.scheduler.size >= this.#window) {
      this.#hunger.clear();
      await this.#hunger.wait();
    }
  }

  /** Takes recorded items when they are due, and finds out when nothing is left. */
  async #takeDue(): Promise<void> {
    const { ledger, counters, job } = this.#ground;
    for (;;) {
      this.#stir.clear();
      await this.#room();
      const room = Math.max(1, this.#window - this.scheduler.size);
      const wasIdle = this.#isIdle();
      this.#nextDueAt = Number.POSITIVE_INFINITY;
      const { items, nextDueAt } = await ledger.takeDue(room, Date.now());
      if (items.length > 0) failpoint('due');
      // What was settled meanwhile may be due earlier than what the ledger saw.
      this.#nextDueAt = Math.min(this.#nextDueAt, nextDueAt ?? Number.POSITIVE_INFINITY);
      for (const recorded of items) this.#enqueue(prepareRecorded(job, recorded));
      counters.waitingForRetry = Math.max(0, counters.waitingForRetry - items.length);
      this.#pump();
      if (items.length > 0) continue;
      if (wasIdle && nextDueAt === null && this.#isIdle()) {
        this.#over.set();
        return;
      }
      await sleep(SHORTEST_LOOK_MS);
      if (this.#isIdle() && this.#nextDueAt === Number.POSITIVE_INFINITY) continue;
      const waitMs = Math.min(this.#nextDueAt - Date.now(), LONGEST_LOOK_MS);
      if (waitMs > 0) await moveOnAfter(waitMs, () => this.#stir.wait());
    }
  }

  #isIdle(): boolean {
    return this.#sourceEnded && this.#inFlight === 0 && this.scheduler.size === 0;
  }

  #enqueue(prepared: Prepared<Input>): void {
    if (!prepared.ok) {
      this.#refuse(prepared.item, refusalOf(prepared.error));
      return;
    }
    const { item } = prepared;
    if (this.#refusesAtOnce(item)) return;
    this.scheduler.push(item.host, item, { isRetry: hasRetried(item.spent), limits: item.limits ?? [] });
  }

  /** Begins what may begin. */
  #pump(): void {
    const { ledger } = this.#ground;
    while (!this.#isDraining && !this.#isHeldBack && this.#mayBegin()) {
      const behind = ledger.drained();
      if (behind !== undefined) {
        this.#holdBack(behind);
        return;
      }
      const begun = this.scheduler.take();
      if (begun === undefined) break;
      this.#inFlight++;
      this.#guard.begin();
      this.#group!.spawn(() => this.#work(begun), { name: begun.item.key });
    }
    if (this.scheduler.size >= this.#window) this.#shed();
    if (this.scheduler.size < this.#window) this.#hunger.set();
    this.#gates.rest();
  }

  /** False while nothing more may be spent, and then for good when nothing comes back of what is under way. */
  #mayBegin(): boolean {
    const allowed = this.#guard.allowsOne();
    if (typeof allowed === 'object') this.#pauseFor(allowed);
    return allowed === 'yes';
  }

  /** Makes room behind hosts that are away, as long as slots are free: what waits for them comes back out of the ledger. */
  #shed(): void {
    const now = performance.now();
    if (this.#isDraining || now - this.#shedAt < SHED_EVERY_MS || this.#inFlight >= this.scheduler.limit) return;
    this.#shedAt = now;
    const { ledger, counters } = this.#ground;
    for (const { item, at } of this.scheduler.shed(this.#window / 2)) {
      const dueAt = Date.now() + Math.max(0, at - now);
      ledger.settle(putOff(item, this.#isIdempotent, dueAt));
      counters.waitingForRetry++;
      this.#due(dueAt);
    }
  }

  /** The ledger is behind: nothing new begins until it has caught up. */
  #holdBack(behind: Promise<void>): void {
    this.#isHeldBack = true;
    const goOn = (): void => {
      this.#isHeldBack = false;
      this.#pump();
    };
    // A ledger that fails says so to its own listener; here it is enough to go on and meet the cut.
    behind.then(goOn, goOn);
  }

  /** One attempt of one item, from begin to settlement. */
  async #work(begun: Begun<WorkItem<Input>>): Promise<void> {
    const { item } = begun;
    const gate = new ItemGate(this.#gates, begun);
    failpoint('begun');
    if (!this.#isIdempotent) await this.#announce(item);
    failpoint('announced');
    const report = await this.#ground.attempts.attempt(item, gate);
    failpoint('attempted');
    this.#guard.end(gate.cost, report !== undefined);
    if (report === undefined) {
      this.scheduler.giveBack(begun);
      this.#ground.ledger.release([item.id]);
    } else {
      const outcomeClass = report.verdict.class;
      // A step that made no request itself did its work in another way: it counts as one.
      this.scheduler.end(begun, report.hasRequested ? undefined : { class: outcomeClass });
      const isFree = this.scheduler.isOutage && isUnanswered(outcomeClass);
      this.#settle(settle(item, report, { policy: this.#policy, idempotent: this.#isIdempotent, isFree }));
      if (outcomeClass !== 'ok') this.#watch(item.host, report);
      else this.#goesWell(item.host);
      failpoint('settled');
    }
    this.#ended();
  }

  get #isIdempotent(): boolean {
    return this.#ground.job.idempotent ?? false;
  }

  /** What is not idempotent is written down before its first byte can leave. @throws LedgerError when it cannot be */
  #announce(item: WorkItem<Input>): Promise<void> {
    return this.#ground.ledger.intent({
      id: item.id,
      key: item.key,
      host: item.host,
      input: item.text,
      attempt: item.attempts + 1,
      spent: writeSpent(item.spent),
      method: 'STEP',
      url: '',
    });
  }

  #goesWell(host: string): void {
    this.#guard.ok(host);
    this.#givenUp.forgive(host);
  }

  /** Looks whether a failure belongs to something that goes beyond its item. */
  #watch(host: string, { result }: AttemptReport): void {
    const status = result?.status ?? undefined;
    const reason = this.#guard.failed(host, status, this.scheduler.outageSince);
    if (reason !== undefined) this.#pauseFor(reason);
    if (!this.#givenUp.judge(host)) return;
    for (const item of this.scheduler.drainHost(host)) {
      if (!this.#refusesAtOnce(item)) this.scheduler.push(host, item, { limits: item.limits ?? [] });
    }
  }

  /** Fails an item of a host that has been given up, without asking it; false when it is time to ask whether it is back. */
  #refusesAtOnce(item: WorkItem<Input>): boolean {
    const outcome = this.#givenUp.outcomeOf(item.host);
    if (outcome === undefined) return false;
    this.#refuse({ ...item, input: undefined }, outcome);
    return true;
  }

  #settle(settlement: Settlement): void {
    const { ledger, counters } = this.#ground;
    ledger.settle(settlement);
    const attempt = settlement.attempt!;
    const outcomeClass = attempt.class as OutcomeClass;
    counters.addAttempt({
      host: settlement.host,
      class: outcomeClass,
      durationMs: attempt.durationMs,
      requests: attempt.requests,
      bytesIn: attempt.bytesIn,
      bytesOut: attempt.bytesOut,
    });
    if (settlement.state === 'pending') {
      counters.waitingForRetry++;
      if (outcomeClass !== 'cancelled') counters.retries++;
      this.#due(settlement.dueAt ?? Date.now());
    } else if (settlement.state !== 'leased') {
      counters.addSettled(settlement.state, outcomeClass);
      if (settlement.state === 'failed') this.#guard.countFailed();
      if (settlement.emits.length > 0) this.#due(Date.now());
    }
  }

  #due(at: number): void {
    if (at >= this.#nextDueAt) return;
    this.#nextDueAt = at;
    this.#stir.set();
  }

  /** An item that is not begun has its outcome at once. */
  #refuse(item: WorkItem<undefined>, outcome: Outcome): void {
    const report = reportOf({
      number: item.attempts + 1,
      outcome,
      facts: new AttemptFacts(),
      startedAt: Date.now(),
      durationMs: 0,
      idempotent: true,
      wasCut: false,
    });
    const settlement = settle(item, report, { policy: this.#policy, idempotent: true });
    this.#ground.ledger.settle(settlement);
    this.#ground.counters.addSettled('failed', outcome.class);
    this.#guard.countFailed();
    this.#stir.set();
  }

  #ended(): void {
    this.#inFlight--;
    this.#pump();
    if (this.#isIdle()) this.#stir.set();
    this.#endIfDrained();
  }

  #endIfDrained(): void {
    if (this.#isDraining && this.#inFlight === 0) this.#over.set();
  }
}

/** The outcome of an item that can never be begun. */
function refusalOf(error: unknown): Outcome {
  const outcome = classifyError(error, undefined);
  return outcome.class === 'policy' ? outcome : { ...outcome, class: 'input' };
}

/** Whether nothing may have come back. */
function isUnanswered(outcomeClass: OutcomeClass): boolean {
  return ['connect', 'dns', 'timeout', 'in-doubt'].includes(outcomeClass);
}

function exhausted(host: string, message: string): PauseReason {
  return {
    code: 'exhausted',
    message: `${host} refuses everything, and waiting does not help: ${message}. Top up or raise the quota there, then go on`,
  };
}
