import { Event, isCancelled, moveOnAfter, sleep, type TaskGroup, taskGroup } from '@sluice/core';
import type { Settlement, SourceCursor } from '@sluice/ledger';
import { HostQueues } from '../gate/host-queues.ts';
import { RetryPolicy } from '../item/retry-policy.ts';
import type { OutcomeClass } from '../outcome/classes.ts';
import { classifyError } from '../outcome/classify.ts';
import type { Outcome } from '../outcome/outcome.ts';
import type { ReadBatch } from '../source/item-source.ts';
import { readInScope } from '../source/read-in-scope.ts';
import { AttemptFacts } from '../step/attempt-facts.ts';
import { type AttemptGround, makeAttempt } from './attempt.ts';
import type { Counters } from './counters.ts';
import { type Prepared, prepareRead, prepareRecorded } from './prepare-item.ts';
import { settle } from './settle.ts';
import type { WorkItem } from './work-item.ts';

/** What a loop works with. */
export interface RunGround<Input, Output> extends AttemptGround<Input, Output> {
  /** Where the source goes on. */
  readonly cursor: SourceCursor;
  readonly sourceDone: boolean;
  readonly counters: Counters;
  readonly concurrency: number;
  readonly perHost: number;
  /** How long what is under way may go on after {@link RunLoop.drain}. */
  readonly graceMs: number;
  readonly random: () => number;
}

/** The longest time between two looks for items that are due: after a jump of the clock, too, they are found soon. */
const LONGEST_LOOK_MS = 5000;
/** Looking costs a commit of what was settled: not more often than this. */
const SHORTEST_LOOK_MS = 20;

/**
 * The way of every item through a process: read from the source and admitted, or taken when it is due; queued by host; begun as a task when its
 * host and the whole allow it; settled. Nothing waits while it holds a slot.
 */
export class RunLoop<Input, Output> {
  readonly #ground: RunGround<Input, Output>;
  readonly #queues: HostQueues<WorkItem<Input>>;
  readonly #policy: RetryPolicy;
  readonly #window: number;
  /** The queue has room for more. */
  readonly #hunger = new Event();
  /** Something changed that the search for due items has to look at. */
  readonly #stir = new Event();
  readonly #draining = new Event();
  readonly #over = new Event();
  #group: TaskGroup | undefined;
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
    this.#queues = new HostQueues(ground.perHost);
    this.#policy = new RetryPolicy(ground.job.retry ?? {}, ground.random);
    this.#window = Math.max(512, ground.concurrency * 2);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get queues(): HostQueues<WorkItem<Input>> {
    return this.#queues;
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
            throw error;
          }
          group.cancel('the run is over');
        },
        { name: 'run' },
      );
    } finally {
      this.#group = undefined;
      this.#ground.ledger.release(this.#queues.clear().map((item) => item.id));
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
    verdicts.forEach((verdict, index) => {
      if (verdict === 'fresh') this.#enqueue(prepared[index]!);
      else if (verdict === 'duplicate') this.#ground.counters.duplicates++;
    });
    this.#pump();
  }

  /** Waits until the queue has room. */
  async #room(): Promise<void> {
    while (this.#queues.size >= this.#window) {
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
      const room = Math.max(1, this.#window - this.#queues.size);
      const wasIdle = this.#isIdle();
      this.#nextDueAt = Number.POSITIVE_INFINITY;
      const { items, nextDueAt } = await ledger.takeDue(room, Date.now());
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
    return this.#sourceEnded && this.#inFlight === 0 && this.#queues.size === 0;
  }

  #enqueue(prepared: Prepared<Input>): void {
    if (prepared.ok) this.#queues.push(prepared.item.host, prepared.item);
    else this.#refuse(prepared.item, prepared.error);
  }

  /** Begins what may begin. */
  #pump(): void {
    const { ledger, concurrency } = this.#ground;
    while (!this.#isDraining && this.#inFlight < concurrency && !this.#isHeldBack) {
      const behind = ledger.drained();
      if (behind !== undefined) {
        this.#holdBack(behind);
        return;
      }
      const item = this.#queues.take();
      if (item === undefined) break;
      this.#inFlight++;
      this.#group!.spawn(() => this.#work(item), { name: item.key });
    }
    if (this.#queues.size < this.#window) this.#hunger.set();
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
  async #work(item: WorkItem<Input>): Promise<void> {
    const ended = await makeAttempt(this.#ground, item);
    if (ended === undefined) this.#ground.ledger.release([item.id]);
    else this.#settle(settle(ended, this.#policy), ended.outcome.class, ended.facts);
    this.#ended(item.host);
  }

  #settle(settlement: Settlement, outcomeClass: OutcomeClass, facts: AttemptFacts): void {
    const { ledger, counters } = this.#ground;
    ledger.settle(settlement);
    const durationMs = settlement.attempt?.durationMs ?? 0;
    counters.addAttempt({
      host: settlement.host,
      class: outcomeClass,
      durationMs,
      requests: facts.requests,
      bytesIn: facts.bytesIn,
      bytesOut: facts.bytesOut,
    });
    if (settlement.state === 'pending') {
      counters.waitingForRetry++;
      if (outcomeClass !== 'cancelled') counters.retries++;
      this.#due(settlement.dueAt ?? Date.now());
    } else if (settlement.state !== 'leased') {
      counters.addSettled(settlement.state, outcomeClass);
      if (settlement.emits.length > 0) this.#due(Date.now());
    }
  }

  #due(at: number): void {
    if (at >= this.#nextDueAt) return;
    this.#nextDueAt = at;
    this.#stir.set();
  }

  /** An item that can never be begun has its outcome at once. */
  #refuse(item: WorkItem<undefined>, error: unknown): void {
    const outcome = classifyError(error, undefined);
    const facts = new AttemptFacts();
    const judged: Outcome = outcome.class === 'policy' ? outcome : { ...outcome, class: 'input' };
    const ended = {
      item,
      outcome: judged,
      facts,
      startedAt: Date.now(),
      durationMs: 0,
      idempotent: true,
      wasCut: false,
    };
    const settlement = settle(ended, this.#policy);
    this.#ground.ledger.settle(settlement);
    this.#ground.counters.addSettled('failed', judged.class);
    this.#stir.set();
  }

  #ended(host: string): void {
    this.#inFlight--;
    this.#queues.finished(host);
    this.#pump();
    if (this.#isIdle()) this.#stir.set();
    this.#endIfDrained();
  }

  #endIfDrained(): void {
    if (this.#isDraining && this.#inFlight === 0) this.#over.set();
  }
}
