import type { HostGate, HostPass } from './host-gate.ts';
import type { ItemLimit } from './item-limit.ts';
import { ItemQueue } from './item-queue.ts';
import type { TimedEntry } from './ready-heap.ts';

/** Which items of a host, and of all hosts, go first: 0 before 1 before 2. */
export type Priority = 0 | 1 | 2;

/** A host's standing: hosts that answer, hosts that nobody has heard of yet, and hosts that are slow or do not answer. */
export type Lane = 'proven' | 'unproven' | 'suspect';

/** An item that waits. */
export interface Waiting<T> {
  readonly item: T;
  readonly line: HostLine<T>;
  readonly priority: Priority;
  readonly isRetry: boolean;
  readonly limits: readonly ItemLimit<Waiting<T>>[];
  /** How often it met one of its limits closed. */
  parkings: number;
}

/** A request of something that is under way, while it waits at its host's gate. */
export interface Knock<T> {
  /** Called once, when it may be made. */
  readonly admitted: (passing: Passing<T>) => void;
  /** It was withdrawn. */
  isGone: boolean;
}

/** A request that has passed its host's gate and has not ended. */
export interface Passing<T> {
  readonly host: string;
  readonly line: HostLine<T>;
  readonly pass: HostPass;
  readonly isOutageProbe: boolean;
  /** It has ended, or nothing was sent. */
  hasPassed: boolean;
}

/** One host: what waits for it, its gate, and its place among the hosts. */
export class HostLine<T> implements TimedEntry {
  readyAt = 0;
  heapIndex = -1;
  readonly host: string;
  readonly gate: HostGate;
  lane: Lane = 'unproven';
  /** The ring that it stands in: its priority; -1 in none. */
  ring: Priority | -1 = -1;
  ringLane: Lane = 'unproven';
  /** How many of its items wait at one of their own limits. */
  parked = 0;
  /** Mean latency of its answers; 0 before the first. */
  latencyMs = 0;
  size = 0;
  /** How many of them are retries. */
  #retrying = 0;
  /** Requests of what is under way: they go before items. */
  knocks: ItemQueue<Knock<T>> | undefined;
  /** It stands among the hosts whose requests may pass. */
  isKnocking = false;
  /** Items that came back from a limit that has opened, by priority: they go before the others. */
  readonly #returned: (ItemQueue<Waiting<T>> | undefined)[] = [];
  readonly #retries: (ItemQueue<Waiting<T>> | undefined)[] = [];
  readonly #fresh: (ItemQueue<Waiting<T>> | undefined)[] = [];

  constructor(host: string, gate: HostGate) {
    this.host = host;
    this.gate = gate;
  }

  get hasWork(): boolean {
    return this.size > 0 || this.parked > 0 || this.hasKnocks || this.gate.inFlight > 0;
  }

  /** Whether some of what waits draws on the retry budget. */
  get hasRetries(): boolean {
    return this.#retrying > 0;
  }

  get hasKnocks(): boolean {
    return this.knocks !== undefined && this.knocks.size > 0;
  }

  push(waiting: Waiting<T>): void {
    const queues = waiting.isRetry ? this.#retries : this.#fresh;
    queues[waiting.priority] ??= new ItemQueue();
    queues[waiting.priority]!.push(waiting);
    this.#count(waiting);
  }

  /** An item that had waited at one of its limits. */
  pushReturned(waiting: Waiting<T>): void {
    this.#returned[waiting.priority] ??= new ItemQueue();
    this.#returned[waiting.priority]!.push(waiting);
    this.#count(waiting);
  }

  /** The priority of what goes next. */
  get first(): Priority {
    for (const priority of [0, 1] as const) {
      if (this.#returned[priority]?.size || this.#retries[priority]?.size || this.#fresh[priority]?.size)
        return priority;
    }
    return 2;
  }

  /** Takes the next item: one that came back, a retry if the budget allows one, a fresh one. */
  shift(allowsRetry: boolean): Waiting<T> | undefined {
    for (const priority of [0, 1, 2] as const) {
      const returned = this.#returned[priority];
      const found =
        (returned !== undefined && (allowsRetry || returned.peek()?.isRetry === false)
          ? returned.shift()
          : undefined) ??
        (allowsRetry ? this.#retries[priority]?.shift() : undefined) ??
        this.#fresh[priority]?.shift();
      if (found !== undefined) {
        this.size--;
        if (found.isRetry) this.#retrying--;
        return found;
      }
    }
    return undefined;
  }

  /** Takes the last of the fresh items that nothing hurries: up to `most`. */
  shed(most: number): Waiting<T>[] {
    const shed: Waiting<T>[] = [];
    for (const priority of [2, 1, 0] as const) {
      for (const queue of [this.#fresh[priority], this.#retries[priority]]) {
        while (shed.length < most && queue !== undefined && queue.size > 0) shed.push(queue.pop()!);
      }
    }
    this.size -= shed.length;
    for (const { isRetry } of shed) if (isRetry) this.#retrying--;
    return shed;
  }

  drain(): Waiting<T>[] {
    this.size = 0;
    this.#retrying = 0;
    return [...this.#returned, ...this.#retries, ...this.#fresh].flatMap((queue) => queue?.drain() ?? []);
  }

  #count({ isRetry }: Waiting<T>): void {
    this.size++;
    if (isRetry) this.#retrying++;
  }
}
