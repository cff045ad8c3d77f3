import type { HostLine, Waiting } from './host-line.ts';
import { ItemLimit, type ItemLimitOptions } from './item-limit.ts';
import type { ReadyHeap, TimedEntry } from './ready-heap.ts';

/** An item that met its limits closed so often gets them reserved, one item at a time. */
const PATIENCE = 16;
/** A reservation falls when its host is closed for longer. */
const LONG_MS = 1000;

/**
 * The limits of items by their keys. An item takes all of its limits at once or none: it waits at the first that is closed, and holds nothing. One
 * whose limits are never open together has them reserved, one such item at a time, so none starves.
 */
export class ItemLimits<T> {
  readonly #limitOf: ((key: string) => ItemLimitOptions | undefined) | undefined;
  readonly #timed: ReadyHeap<TimedEntry>;
  readonly #returned: (waiting: Waiting<T>) => void;
  readonly #limits = new Map<string, ItemLimit<Waiting<T>>>();
  #entitled: Waiting<T> | undefined;

  /** `returned` is called with an item whose limit has opened. */
  constructor(
    limitOf: ((key: string) => ItemLimitOptions | undefined) | undefined,
    timed: ReadyHeap<TimedEntry>,
    returned: (waiting: Waiting<T>) => void,
  ) {
    this.#limitOf = limitOf;
    this.#timed = timed;
    this.#returned = returned;
  }

  /** How many keys are known. */
  get size(): number {
    return this.#limits.size;
  }

  /** The limits of an item that waits from now on. */
  of(keys: readonly string[] | undefined, now: number): readonly ItemLimit<Waiting<T>>[] {
    if (keys === undefined || keys.length === 0) return NONE;
    const limits: ItemLimit<Waiting<T>>[] = [];
    for (const key of keys) {
      let limit = this.#limits.get(key);
      if (limit === undefined) {
        const options = this.#limitOf?.(key);
        if (options === undefined) continue;
        limit = new ItemLimit(key, options, now);
        this.#limits.set(key, limit);
      }
      if (limits.includes(limit)) continue;
      limit.users++;
      limits.push(limit);
    }
    return limits;
  }

  /** Whether an item of the host has its limits reserved. */
  hasReserved(line: HostLine<T>): boolean {
    return this.#entitled?.line === line;
  }

  /** Lets an item wait at the first of its limits that is closed; false when none is. */
  park(waiting: Waiting<T>, now: number): boolean {
    if (waiting.limits.length === 0) return false;
    const closed = waiting.limits.find((limit) => this.#isClosed(limit, now));
    if (closed === undefined) return false;
    waiting.line.parked++;
    if (++waiting.parkings >= PATIENCE && this.#entitled === undefined) {
      this.#entitled = waiting;
      return true;
    }
    closed.parked.push(waiting);
    this.#wait(closed, now);
    return true;
  }

  /** The item that has its limits reserved, when all are open; when its host is away for long the reservation falls. */
  takeEntitled(now: number): Waiting<T> | undefined {
    const waiting = this.#entitled;
    if (waiting === undefined) return undefined;
    const hostAt = waiting.line.gate.readyAt(now, waiting.isRetry);
    const opensAt = waiting.limits.reduce((latest, limit) => Math.max(latest, limit.opensAt(now)), hostAt);
    if (opensAt > now && !(hostAt > now + LONG_MS && hostAt < Number.POSITIVE_INFINITY)) {
      if (opensAt < Number.POSITIVE_INFINITY) this.#timed.set(waiting.line, opensAt);
      return undefined;
    }
    this.#entitled = undefined;
    waiting.line.parked--;
    if (opensAt > now) {
      waiting.parkings = 0;
      this.#returned(waiting);
    }
    for (const limit of waiting.limits) this.#unpark(limit, now);
    return opensAt > now ? undefined : waiting;
  }

  /** What was begun has ended. */
  end(waiting: Waiting<T>, now: number): void {
    for (const limit of waiting.limits) limit.end();
    this.forget(waiting, now);
  }

  /** What was begun was never done. */
  giveBack(waiting: Waiting<T>, now: number): void {
    for (const limit of waiting.limits) limit.giveBack(now);
    this.forget(waiting, now);
  }

  /** The item neither waits nor is under way any more. */
  forget(waiting: Waiting<T>, now: number): void {
    for (const limit of waiting.limits) {
      limit.users--;
      this.#unpark(limit, now);
      this.#drop(limit, now);
    }
  }

  /** Something's time has come; false when it is no limit. */
  wake(entry: TimedEntry, now: number): boolean {
    if (!(entry instanceof ItemLimit)) return false;
    this.#unpark(entry, now);
    this.#drop(entry, now);
    return true;
  }

  /** Asks anew what bounds the keys that are known. */
  configure(now: number): void {
    for (const limit of this.#limits.values()) {
      limit.configure(this.#limitOf?.(limit.key) ?? {}, now);
      this.#unpark(limit, now);
    }
  }

  /** Takes out what waits at limits: of one host, or of all. */
  drain(line?: HostLine<T>): Waiting<T>[] {
    const drained: Waiting<T>[] = [];
    if (this.#entitled !== undefined && (line === undefined || this.#entitled.line === line)) {
      drained.push(this.#entitled);
      this.#entitled = undefined;
    }
    for (const limit of this.#limits.values()) {
      for (const waiting of limit.parked.drain()) {
        if (line === undefined || waiting.line === line) drained.push(waiting);
        else limit.parked.push(waiting);
      }
    }
    for (const waiting of drained) waiting.line.parked--;
    return drained;
  }

  #isClosed(limit: ItemLimit<Waiting<T>>, now: number): boolean {
    return limit.opensAt(now) > now || this.#entitled?.limits.includes(limit) === true;
  }

  #wait(limit: ItemLimit<Waiting<T>>, now: number): void {
    const opensAt = limit.opensAt(now);
    if (opensAt > now && opensAt < Number.POSITIVE_INFINITY) this.#timed.set(limit, opensAt);
  }

  /** Lets go as many as the limit has room for. */
  #unpark(limit: ItemLimit<Waiting<T>>, now: number): void {
    if (limit.parked.size === 0) return;
    if (this.#isClosed(limit, now)) {
      this.#wait(limit, now);
      return;
    }
    for (let room = Math.min(limit.room, limit.parked.size); room > 0; room--) {
      const waiting = limit.parked.shift()!;
      waiting.line.parked--;
      this.#returned(waiting);
    }
  }

  /** A limit that nobody uses is forgotten as soon as nothing is owed to its rate: a new one would be the same. */
  #drop(limit: ItemLimit<Waiting<T>>, now: number): void {
    if (limit.users > 0) return;
    const fullAt = limit.fullAt(now);
    if (fullAt > now) {
      this.#timed.set(limit, fullAt);
      return;
    }
    this.#timed.remove(limit);
    this.#limits.delete(limit.key);
  }
}

const NONE: readonly never[] = [];
