import { ItemQueue } from '../gate/item-queue.ts';
import { sampler, valueAt } from './amount.ts';
import type { EventQueue } from './event-queue.ts';
import type { HostModel } from './host-model.ts';
import { ServerLimit } from './server-limit.ts';

/** What a simulated server answers. */
export interface SimulatedReply {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  /** What the reply used up, where the server counts that. */
  readonly usage: number | undefined;
}

type Answer = (reply: SimulatedReply) => void;

/** How long a server takes to refuse. */
const REFUSAL_MS = 1;
const NO_HEADERS: ReadonlyMap<string, string> = new Map();
const OK: SimulatedReply = { status: 200, headers: NO_HEADERS, usage: undefined };

/** A server without a socket: limits first, then a line before its slots, then work. */
export class SimulatedServer {
  readonly limits: readonly ServerLimit[];
  /** Requests that it works on or that stand in its line. */
  inHouse = 0;
  readonly #model: HostModel;
  readonly #events: EventQueue;
  readonly #random: () => number;
  readonly #serviceMs: () => number;
  readonly #usage: (() => number) | undefined;
  readonly #line = new ItemQueue<Answer>();
  #busy = 0;

  constructor(model: HostModel, events: EventQueue, random: () => number) {
    this.#model = model;
    this.#events = events;
    this.#random = random;
    this.#serviceMs = sampler(model.serviceMs, random);
    this.#usage = model.usage === undefined ? undefined : sampler(model.usage, random);
    this.limits = (model.limits ?? []).map((limit) => new ServerLimit(limit));
    if (typeof model.slots === 'object') for (const { fromMs } of model.slots) events.at(fromMs, () => this.#work());
  }

  /** How many it can work on now. */
  get slots(): number {
    return valueAt(this.#model.slots ?? Number.POSITIVE_INFINITY, this.#events.nowMs);
  }

  /** Waiting in its line. */
  get waiting(): number {
    return this.#line.size;
  }

  receive(answer: Answer): void {
    const { nowMs } = this.#events;
    const closed = this.limits.find((limit) => !limit.admits(nowMs));
    if (closed !== undefined) {
      const retryAfter = closed.retryAfter(nowMs);
      this.#refuse(429, retryAfter, answer);
      return;
    }
    if (this.#isFaulty(nowMs)) {
      this.#refuse(500, undefined, answer);
      return;
    }
    if (this.#line.size >= (this.#model.maxLine ?? Number.POSITIVE_INFINITY)) {
      this.#refuse(503, undefined, answer);
      return;
    }
    for (const limit of this.limits) if (limit.unit === 'requests') limit.count(nowMs, 1);
    this.inHouse++;
    this.#line.push(answer);
    this.#work();
  }

  #isFaulty(nowMs: number): boolean {
    const isOut = this.#model.outages?.some(
      ({ fromMs, toMs, how }) => how === 'errors' && nowMs >= fromMs && nowMs < toMs,
    );
    return isOut === true || (this.#model.failures !== undefined && this.#random() < this.#model.failures);
  }

  #work(): void {
    while (this.#line.size > 0 && this.#busy < this.slots) {
      const answer = this.#line.shift()!;
      this.#busy++;
      this.#events.at(this.#events.nowMs + this.#serviceMs() * this.#slowness(), () => this.#finish(answer));
    }
  }

  #finish(answer: Answer): void {
    this.#busy--;
    this.inHouse--;
    answer(this.#ok());
    this.#work();
  }

  #ok(): SimulatedReply {
    if (this.#usage === undefined && this.limits.length === 0) return OK;
    const { nowMs } = this.#events;
    const usage = this.#usage === undefined ? undefined : Math.max(1, Math.round(this.#usage()));
    for (const limit of this.limits) if (limit.unit === 'tokens') limit.count(nowMs, usage ?? 0);
    return { status: 200, headers: this.#tell(new Map()), usage };
  }

  #refuse(status: number, retryAfter: string | undefined, answer: Answer): void {
    const headers = this.#tell(new Map());
    if (retryAfter !== undefined) headers.set('retry-after', retryAfter);
    this.#events.at(this.#events.nowMs + REFUSAL_MS, () => answer({ status, headers, usage: undefined }));
  }

  #tell(headers: Map<string, string>): Map<string, string> {
    for (const limit of this.limits) limit.write(headers, this.#events.nowMs);
    return headers;
  }

  #slowness(): number {
    const { collapse, warmUp } = this.#model;
    let times = 1;
    if (collapse !== undefined && this.inHouse > collapse.above)
      times = (this.inHouse / collapse.above) ** (collapse.power ?? 4);
    if (warmUp !== undefined && this.#events.nowMs < warmUp.overMs)
      times *= 1 + (warmUp.times - 1) * (1 - this.#events.nowMs / warmUp.overMs);
    return times;
  }
}
