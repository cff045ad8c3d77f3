import { UsageError } from '@sluice/core';
import type { GateResult, HostGate, HostGateOptions } from './host-gate.ts';
import type { HostLine, Lane, Passing, Priority, Waiting } from './host-line.ts';
import { HostTable } from './host-table.ts';
import type { ItemLimitOptions } from './item-limit.ts';
import { ItemLimits } from './item-limits.ts';
import { OutageWatch } from './outage-watch.ts';
import { ReadyHeap, type TimedEntry } from './ready-heap.ts';
import { ReadyRings } from './ready-rings.ts';
import { RequestPasses } from './request-passes.ts';
import { type HeldSlot, SlotLanes } from './slot-lanes.ts';

/** What a scheduler works by. */
export interface GateSchedulerOptions {
  /** How many may be under way in all. */
  readonly slots: number;
  /** The clock, in milliseconds; it must not go back. */
  readonly now: () => number;
  /** The gate of a host, asked for when it gets its first item. */
  readonly gateOf?: (host: string) => HostGateOptions;
  /** The limit of a key of items; undefined for none. */
  readonly limitOf?: (key: string) => ItemLimitOptions | undefined;
}

/** How an item is queued. */
export interface PushOptions {
  /** 0 goes first, 2 last; but one in eight is taken from the other end, so nothing starves. Default 1. */
  readonly priority?: Priority;
  /** It draws on its host's retry budget. */
  readonly isRetry?: boolean;
  /** Keys of its limits besides its host's gate. */
  readonly limits?: readonly string[];
}

/** Something that has begun. It is handed back once, to `end` or to `giveBack`. */
export interface Begun<T> {
  readonly item: T;
  readonly host: string;
}

/** A request that may be made. It is handed back once, to `endRequest` or to `giveBackRequest`. */
export interface RequestPass {
  readonly host: string;
}

/** An item with the request that it has begun with, and its slot. */
interface Running<T> extends Begun<T>, Passing<T>, HeldSlot {
  readonly waiting: Waiting<T>;
  /** Its request is made: it ends by itself. */
  isRequestMade: boolean;
}

/** An item that is given back because its host will be closed for a while. */
export interface Shed<T> {
  readonly item: T;
  /** When to push it again. */
  readonly at: number;
}

/** A host that will be closed for as long is shed. */
const LONG_MS = 1000;
/** When to ask again for a host of which nobody knows when it opens. */
const SHED_MS = 5000;
/** The items that such a host keeps. */
const KEPT = 2;
const SUSPECT_FIRST: readonly Lane[] = ['suspect', 'unproven', 'proven'];
const UNPROVEN_FIRST: readonly Lane[] = ['unproven', 'proven', 'suspect'];
const PROVEN_FIRST: readonly Lane[] = ['proven', 'unproven', 'suspect'];
/** Items without a host pass no gate: their requests do. */
const NO_HOST: HostGateOptions = { concurrency: Number.POSITIVE_INFINITY };

/**
 * Decides what begins next: first in, first out within a host, hosts in turn, each when its gate is open, all within the slots. An item begins when
 * everything that bounds it is open at the same moment; until then it holds nothing, so there is no deadlock and no slot is kept idle. It begins with
 * a pass for one request to its host; further ones, and those to other hosts, pass their gates by `request` and need no slot. Hosts that wait for a
 * time stand in a heap, those that wait for an end stand nowhere: taking costs O(log hosts), and memory is that of the hosts with work, and of some
 * thousand that had some.
 *
 * @example
 * const scheduler = new GateScheduler<string>({ slots: 256, now: () => performance.now() });
 * scheduler.push('example.com', 'https://example.com/');
 * for (let begun = scheduler.take(); begun !== undefined; begun = scheduler.take()) void fetchIt(begun);
 * // later: scheduler.end(begun, { class: 'ok' }); and take again, at scheduler.opensAt() at the latest
 */
export class GateScheduler<T> {
  readonly #now: () => number;
  readonly #hosts: HostTable<T>;
  readonly #limits: ItemLimits<T>;
  readonly #timed = new ReadyHeap<TimedEntry>();
  readonly #rings = new ReadyRings<T>();
  readonly #outage = new OutageWatch();
  readonly #slots: SlotLanes;
  readonly #passes: RequestPasses<T>;
  #size = 0;
  #taken = 0;

  constructor(options: GateSchedulerOptions) {
    const { gateOf } = options;
    this.#now = options.now;
    this.#hosts = new HostTable((host) => (host === '' ? NO_HOST : (gateOf?.(host) ?? {})));
    this.#limits = new ItemLimits(options.limitOf, this.#timed, (waiting) => {
      waiting.line.pushReturned(waiting);
      this.#consider(waiting.line);
    });
    this.#slots = new SlotLanes(options.slots);
    this.#passes = new RequestPasses({
      hosts: this.#hosts,
      timed: this.#timed,
      slots: this.#slots,
      outage: this.#outage,
      consider: (line) => this.#consider(line),
    });
  }

  /** How many items wait. */
  get size(): number {
    return this.#size;
  }

  get inFlight(): number {
    return this.#slots.inFlight;
  }

  /** How many may be under way now: fewer than the slots after an outage, and when our own side ran out of something. */
  get limit(): number {
    return this.#slots.limit;
  }

  /** Nothing answers: what fails now says nothing about its item, and spends none of its attempts. */
  get isOutage(): boolean {
    return this.#outage.isOpen;
  }

  /** Since when nothing answers; undefined while something does. */
  get outageSince(): number | undefined {
    return this.#outage.openedAt;
  }

  /** Hosts with items waiting or under way. */
  get activeHosts(): number {
    return this.#hosts.size;
  }

  /** The names of the hosts with items waiting or under way. */
  *hosts(): Generator<string, void, undefined> {
    for (const { host } of this.#hosts.lines()) yield host;
  }

  /** The gate of a host that is known; undefined otherwise. */
  gate(host: string): HostGate | undefined {
    return this.#hosts.known(host)?.gate;
  }

  /** What of `host` waits, requests included, and what is under way. */
  load(host: string): { readonly waiting: number; readonly inFlight: number } {
    const line = this.#hosts.active(host);
    if (line === undefined) return { waiting: 0, inFlight: 0 };
    return { waiting: line.size + line.parked + (line.knocks?.size ?? 0), inFlight: line.gate.inFlight };
  }

  push(host: string, item: T, options: PushOptions = {}): void {
    const { priority = 1, isRetry = false, limits } = options;
    const now = this.#now();
    const line = this.#open(host, now);
    line.push({
      item,
      line,
      priority,
      isRetry: isRetry && host !== '',
      limits: this.#limits.of(limits, now),
      parkings: 0,
    });
    this.#size++;
    this.#consider(line);
  }

  /** The next item that may begin now; undefined when none may. Requests that may pass are let through on the way. */
  take(): Begun<T> | undefined {
    const now = this.#now();
    this.#wake(now);
    if (this.#slots.isFull || this.#size === 0 || this.#outage.readyAt(now) > now) return undefined;
    const entitled = this.#limits.takeEntitled(now);
    if (entitled !== undefined) return this.#begin(entitled, now);
    this.#taken++;
    // What is guaranteed to hosts that have to be tried goes first; what is left over goes to them last.
    if (this.#slots.guarantees('suspect')) return this.#takeFromLanes(SUSPECT_FIRST, now);
    return this.#takeFromLanes(this.#slots.guarantees('unproven') ? UNPROVEN_FIRST : PROVEN_FIRST, now);
  }

  /** When to ask again although nothing has ended: Infinity when only an end, a push or a request can change anything. */
  opensAt(): number {
    const isStill = this.#slots.isFull || this.#size === 0;
    if (isStill && this.#passes.waiting === 0) return Number.POSITIVE_INFINITY;
    const now = this.#now();
    const timed = this.#timed.peek()?.readyAt ?? Number.POSITIVE_INFINITY;
    if (isStill) return timed;
    const outage = this.#outage.readyAt(now);
    if (outage <= now) return timed;
    return this.#passes.waiting === 0 ? outage : Math.min(timed, outage);
  }

  /**
   * What was begun has ended. A result says how the request that it began with ended, unless that was handed out by `ownRequest`; without one that
   * request was never made.
   *
   * @throws UsageError when it was handed back before
   */
  end(begun: Begun<T>, result?: GateResult): void {
    const running = this.#release(begun);
    const now = this.#now();
    const isRequest = !running.isRequestMade;
    if (isRequest && result !== undefined && running.host !== '') this.#passes.end(running, result, now);
    else if (isRequest) this.#passes.giveBack(running, now);
    this.#limits.end(running.waiting, now);
    this.#settle(running.line);
  }

  /** Nothing was sent: everything that it took is given back, and nothing is concluded from it. */
  giveBack(begun: Begun<T>): void {
    const running = this.#release(begun);
    const now = this.#now();
    if (!running.isRequestMade) this.#passes.giveBack(running, now);
    this.#limits.giveBack(running.waiting, now);
    this.#settle(running.line);
  }

  /** The pass that an item has begun with, for its first request to its host; undefined when it has been used or given back. */
  ownRequest(begun: Begun<T>): RequestPass | undefined {
    const running = begun as Running<T>;
    if (running.isOver || running.isRequestMade || running.host === '') return undefined;
    running.isRequestMade = true;
    return running;
  }

  /** Gives back the pass that an item has begun with, because it waits for something else: it must not hold what others wait for. */
  giveUpOwnRequest(begun: Begun<T>): void {
    const pass = this.ownRequest(begun);
    if (pass !== undefined) this.giveBackRequest(pass);
  }

  /**
   * Asks for a request of something that is under way to pass its host's gate: the pass, when it may be made now, else undefined, and `admitted` is
   * called later, out of `take`. Requests go before items. The answer withdraws it.
   */
  request(host: string, admitted: (pass: RequestPass) => void): RequestPass | (() => void) {
    const now = this.#now();
    const line = this.#open(host, now);
    return this.#passes.request(line, admitted, now);
  }

  /** A request has ended. @throws UsageError when it was handed back before */
  endRequest(pass: RequestPass, result: GateResult): void {
    const passing = pass as Passing<T>;
    this.#passes.end(passing, result, this.#now());
    this.#settle(passing.line);
  }

  /** Nothing was sent. @throws UsageError when it was handed back before */
  giveBackRequest(pass: RequestPass): void {
    const passing = pass as Passing<T>;
    this.#passes.giveBack(passing, this.#now());
    this.#settle(passing.line);
  }

  /** What a request used of its host's quota, known only after its end. */
  correctUsage(pass: RequestPass, usage: number): void {
    const { line, pass: taken } = pass as Passing<T>;
    line.gate.correctUsage(taken, usage, this.#now());
    this.#consider(line);
  }

  /** Takes out what waits for hosts that will be closed for a while, all but a few of each, so that it does not keep others from being read. */
  shed(most: number): Shed<T>[] {
    const shed: Shed<T>[] = [];
    const now = this.#now();
    for (const line of this.#hosts.lines()) {
      if (shed.length >= most) break;
      if (line.size <= KEPT) continue;
      const at = this.#shedUntil(line, now);
      if (at === undefined) continue;
      for (const waiting of line.shed(Math.min(most - shed.length, line.size - KEPT))) {
        this.#limits.forget(waiting, now);
        this.#size--;
        shed.push({ item: waiting.item, at });
      }
    }
    return shed;
  }

  #shedUntil(line: HostLine<T>, now: number): number | undefined {
    const readyAt = line.gate.readyAt(now);
    if (readyAt < Number.POSITIVE_INFINITY) return readyAt >= now + LONG_MS ? readyAt : undefined;
    return line.lane === 'suspect' ? now + SHED_MS : undefined;
  }

  /** Takes every item of a host out, of one that is given up say. */
  drainHost(host: string): T[] {
    const line = this.#hosts.active(host);
    if (line === undefined) return [];
    const waiting = [...this.#limits.drain(line), ...line.drain()];
    const now = this.#now();
    for (const one of waiting) this.#limits.forget(one, now);
    this.#size -= waiting.length;
    this.#settle(line);
    return waiting.map(({ item }) => item);
  }

  /** Other bounds from now on; what is under way stays. `gateOf` and `limitOf` are asked anew for what is known. */
  configure(change: { readonly slots?: number } = {}): void {
    const now = this.#now();
    if (change.slots !== undefined) this.#slots.configure(change.slots);
    this.#hosts.configure(now);
    for (const line of this.#hosts.lines()) this.#consider(line);
    this.#limits.configure(now);
  }

  /** Empties the queues and gives what waited. What is under way still counts. */
  clear(): T[] {
    const waiting = this.#limits.drain();
    const lines = [...this.#hosts.lines()];
    for (const line of lines) waiting.push(...line.drain());
    for (const line of lines) {
      line.ring = -1;
      if (!line.hasKnocks) this.#timed.remove(line);
      this.#settle(line);
    }
    this.#rings.clear();
    this.#size = 0;
    for (const one of waiting) this.#limits.forget(one, this.#now());
    return waiting.map(({ item }) => item);
  }

  #open(host: string, now: number): HostLine<T> {
    const line = this.#hosts.open(host, now);
    if (host === '') line.lane = 'proven';
    return line;
  }

  #takeFromLanes(lanes: readonly Lane[], now: number): Begun<T> | undefined {
    // One in eight from the other end.
    const isReversed = this.#taken % 8 === 0;
    for (const lane of lanes) {
      if (!this.#slots.allows(lane, now)) continue;
      for (
        let line = this.#rings.shift(lane, isReversed);
        line !== undefined;
        line = this.#rings.shift(lane, isReversed)
      ) {
        const begun = this.#takeFrom(line, now);
        if (begun !== undefined) return begun;
      }
    }
    return undefined;
  }

  #takeFrom(line: HostLine<T>, now: number): Begun<T> | undefined {
    // What is reserved for an item that has waited too long stays closed for the others.
    if (this.#limits.hasReserved(line)) return undefined;
    for (;;) {
      const readyAt = line.gate.readyAt(now);
      if (readyAt > now) {
        if (readyAt < Number.POSITIVE_INFINITY && line.size > 0) this.#timed.set(line, readyAt);
        return undefined;
      }
      const retryAt = line.hasRetries ? line.gate.readyAt(now, true) : now;
      const waiting = line.shift(retryAt <= now);
      if (waiting === undefined) {
        if (line.size > 0 && retryAt < Number.POSITIVE_INFINITY) this.#timed.set(line, retryAt);
        return undefined;
      }
      if (!this.#limits.park(waiting, now)) return this.#begin(waiting, now);
    }
  }

  #begin(waiting: Waiting<T>, now: number): Begun<T> {
    const { line } = waiting;
    const running: Running<T> = {
      item: waiting.item,
      host: line.host,
      line,
      waiting,
      pass: line.gate.begin(now, waiting.isRetry),
      lane: line.lane,
      startedAt: now,
      isOutageProbe: this.#outage.begin(),
      isOverdue: false,
      isOver: false,
      hasPassed: false,
      isRequestMade: false,
    };
    for (const limit of waiting.limits) limit.begin(now);
    this.#slots.begin(running);
    this.#size--;
    this.#consider(line);
    return running;
  }

  #release(begun: Begun<T>): Running<T> {
    const running = begun as Running<T>;
    if (running.isOver) throw new UsageError(`an item of ${running.host} was handed back to its gate twice`);
    this.#slots.end(running);
    return running;
  }

  #settle(line: HostLine<T>): void {
    this.#consider(line);
    if (!this.#hosts.retire(line)) return;
    this.#timed.remove(line);
    line.ring = -1;
  }

  /** Puts a host with work where it belongs: it is asked when its turn comes. */
  #consider(line: HostLine<T>): void {
    if (line.gate.inFlight >= line.gate.limit) return;
    this.#passes.consider(line);
    if (line.size === 0 || this.#rings.holds(line)) return;
    // With more hosts than slots, one request tells of a new host what two would, and a slow one holds half as much.
    if (line.lane === 'unproven' && line.gate.inFlight > 0 && this.#hosts.size > this.#slots.most) return;
    if (!line.isKnocking) this.#timed.remove(line);
    this.#rings.push(line);
  }

  #wake(now: number): void {
    for (let first = this.#timed.peek(); first !== undefined && first.readyAt <= now; first = this.#timed.peek()) {
      this.#timed.remove(first);
      if (!this.#limits.wake(first, now)) this.#consider(first as HostLine<T>);
    }
    this.#passes.admit(now);
  }
}
