import { type CancelScope, cancelScope, type TaskGroup, taskGroup } from '@sluice/core';
import { withLogFields } from '@sluice/telemetry';
import type { JobOptions } from '../job/job.ts';
import { makeAttempt } from '../run/attempt.ts';
import type { AttemptReport } from '../run/attempt-report.ts';
import { GateSettings } from '../run/gate-settings.ts';
import type { StepTools } from '../step/step-tools.ts';
import { LoopGate } from './loop-gate.ts';
import type { LoopOutbox } from './loop-outbox.ts';
import type { LoopItem, ToLoop } from './messages.ts';

interface Call {
  readonly item: LoopItem;
  readonly gate: LoopGate;
  /** Undefined until it has begun. */
  scope: CancelScope | undefined;
  isCancelled: boolean;
}

/** Attempts that begin in one turn of the event loop, while steps are quick. */
const MOST_AT_ONCE = 16;
/** A turn that takes longer is too long: what has ended meanwhile should be told, so that more comes. */
const LONG_TURN_MS = 1;

/** The loop's side: makes the attempts that it is told to make, and tells at the end of each turn what has ended. */
export class LoopServer {
  readonly #job: JobOptions<unknown, unknown>;
  readonly #tools: StepTools;
  readonly #runId: string;
  readonly #outbox: LoopOutbox;
  readonly #settings: GateSettings;
  readonly #calls = new Map<number, Call>();
  /** Calls that have not begun. */
  readonly #waiting: [number: number, call: Call][] = [];
  #atOnce = 1;
  #turn: NodeJS.Immediate | undefined;
  readonly #closing = Promise.withResolvers<void>();
  #group: TaskGroup | undefined;

  constructor(job: JobOptions<unknown, unknown>, tools: StepTools, runId: string, outbox: LoopOutbox) {
    this.#job = job;
    this.#tools = tools;
    this.#runId = runId;
    this.#outbox = outbox;
    this.#settings = new GateSettings(job);
  }

  /** Serves until it is told to close; what is under way then is cancelled. */
  async serve(onReady: () => void): Promise<void> {
    await taskGroup(
      async (group) => {
        this.#group = group;
        onReady();
        await this.#closing.promise;
        group.cancel('the run is over');
      },
      { name: 'loop' },
    );
    await this.#tools.close();
    this.#outbox.flush();
  }

  receive(messages: readonly ToLoop[]): void {
    for (const message of messages) {
      if (message.kind === 'begin') this.#begin(message.call, message.item);
      else if (message.kind === 'cancel') this.#cancel(message.call);
      else if (message.kind === 'admit') this.#calls.get(message.call)?.gate.admit(message.request, message.host);
      else this.#closing.resolve();
    }
  }

  #begin(number: number, item: LoopItem): void {
    const gate = new LoopGate(number, item, this.#settings, this.#outbox);
    const call: Call = { item, gate, scope: undefined, isCancelled: false };
    this.#calls.set(number, call);
    this.#waiting.push([number, call]);
    this.#turn ??= setImmediate(() => this.#startSome());
  }

  /** Begins as many as fit into a short turn: steps that compute would otherwise keep all results back until the last of them. */
  #startSome(): void {
    const begunAt = performance.now();
    const some = this.#waiting.splice(0, this.#atOnce);
    for (const [number, call] of some) {
      const work = (): Promise<void> => this.#work(number, call);
      this.#group!.spawn(() => withLogFields({ run: this.#runId }, work), { name: call.item.key });
    }
    this.#turn = undefined;
    if (this.#waiting.length === 0) return;
    this.#turn = setImmediate(() => {
      const isLong = performance.now() - begunAt > LONG_TURN_MS;
      this.#atOnce = isLong ? Math.max(1, this.#atOnce >> 1) : Math.min(MOST_AT_ONCE, this.#atOnce * 2);
      this.#startSome();
    });
  }

  #cancel(number: number): void {
    const call = this.#calls.get(number);
    if (call === undefined) return;
    call.isCancelled = true;
    call.scope?.cancel('the run was cut');
  }

  async #work(number: number, call: Call): Promise<void> {
    let report: AttemptReport | undefined;
    await cancelScope(async (scope) => {
      call.scope = scope;
      if (call.isCancelled) scope.cancel('the run was cut');
      report = await makeAttempt(this.#job, this.#tools, call.item, call.gate);
    });
    this.#calls.delete(number);
    this.#outbox.ended(number, report);
  }
}
