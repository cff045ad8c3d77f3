import { UsageError } from '@sluice/core';
import { type GateResult, hasAnswered, isFromHost } from './host-gate.ts';
import type { HostLine, Knock, Passing } from './host-line.ts';
import type { HostTable } from './host-table.ts';
import { ItemQueue } from './item-queue.ts';
import type { OutageWatch } from './outage-watch.ts';
import type { ReadyHeap, TimedEntry } from './ready-heap.ts';
import type { SlotLanes } from './slot-lanes.ts';

const NOTHING_KNOWN: GateResult = { class: 'cancelled' };

/** What passes share with the scheduler whose requests they are. */
export interface PassSurroundings<T> {
  readonly hosts: HostTable<T>;
  readonly timed: ReadyHeap<TimedEntry>;
  readonly slots: SlotLanes;
  readonly outage: OutageWatch;
  /** A host may have something to do now. */
  readonly consider: (line: HostLine<T>) => void;
}

/**
 * The requests that pass their hosts' gates: those that something under way makes besides the one that it has begun with, in the order in which they
 * asked, and what the end of any request tells its host's gate, the slots and the watch for outages.
 */
export class RequestPasses<T> {
  readonly #around: PassSurroundings<T>;
  /** Hosts with requests that may pass. */
  readonly #knocking = new ItemQueue<HostLine<T>>();
  #waiting = 0;

  constructor(around: PassSurroundings<T>) {
    this.#around = around;
  }

  /** How many requests wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** The pass, when the request may be made now; else `admitted` is called later, out of {@link admit}, unless the answer withdraws it. */
  request(line: HostLine<T>, admitted: (pass: Passing<T>) => void, now: number): Passing<T> | (() => void) {
    if (!line.hasKnocks && line.gate.readyAt(now) <= now) return passRequest(line, now);
    const knock: Knock<T> = { admitted, isGone: false };
    line.knocks ??= new ItemQueue();
    line.knocks.push(knock);
    this.#waiting++;
    this.#around.consider(line);
    return () => {
      if (knock.isGone) return;
      knock.isGone = true;
      this.#waiting--;
      this.#around.consider(line);
    };
  }

  /** Lets a host's requests pass at the next {@link admit}, if it has any. */
  consider(line: HostLine<T>): void {
    if (!line.hasKnocks || line.isKnocking) return;
    line.isKnocking = true;
    this.#knocking.push(line);
  }

  /** Lets through what may pass now. */
  admit(now: number): void {
    for (let line = this.#knocking.shift(); line !== undefined; line = this.#knocking.shift()) {
      line.isKnocking = false;
      if (this.#admitOf(line, now) && this.#around.hosts.retire(line)) line.ring = -1;
    }
  }

  /** Whether nothing of the host waits any more. */
  #admitOf(line: HostLine<T>, now: number): boolean {
    const knocks = line.knocks!;
    for (let knock = knocks.peek(); knock !== undefined; knock = knocks.peek()) {
      if (!knock.isGone) {
        const readyAt = line.gate.readyAt(now);
        if (readyAt > now) {
          if (readyAt < Number.POSITIVE_INFINITY) this.#around.timed.set(line, readyAt);
          return false;
        }
        knock.isGone = true;
        this.#waiting--;
        knock.admitted(passRequest(line, now));
      }
      knocks.shift();
    }
    return true;
  }

  /** A request has ended. @throws UsageError when it was handed back before */
  end(passing: Passing<T>, result: GateResult, now: number): void {
    handBack(passing);
    const { line } = passing;
    const { outage, slots } = this.#around;
    const hasNoAnswer = !hasAnswered(result);
    // In an outage no answer says nothing about the host.
    line.gate.end(passing.pass, hasNoAnswer && outage.isOpen ? NOTHING_KNOWN : result, now);
    if (hasNoAnswer) {
      if (outage.unanswered(line.host, now, passing.isOutageProbe, line.latencyMs > 0)) this.#forgiveHosts();
    } else if (isFromHost(result.class)) {
      if (outage.answered()) slots.ramp(2);
    } else if (passing.isOutageProbe) outage.giveBack();
    if (result.class === 'local') slots.ramp(slots.inFlight * 0.75);
    slots.judge(line, result.class, hasNoAnswer, now - passing.pass.startedAt);
  }

  /** Nothing was sent. @throws UsageError when it was handed back before */
  giveBack(passing: Passing<T>, now: number): void {
    handBack(passing);
    passing.line.gate.giveBack(passing.pass, now);
    if (passing.isOutageProbe) this.#around.outage.giveBack();
  }

  /** The failures that told of an outage have closed gates as well, and they would stay closed after its end. */
  #forgiveHosts(): void {
    for (const line of this.#around.hosts.lines()) {
      line.gate.forgive();
      this.#around.consider(line);
    }
  }
}

function passRequest<T>(line: HostLine<T>, now: number): Passing<T> {
  return { host: line.host, line, pass: line.gate.begin(now), isOutageProbe: false, hasPassed: false };
}

function handBack<T>(passing: Passing<T>): void {
  if (passing.hasPassed) throw new UsageError(`a request to ${passing.host} was handed back to its gate twice`);
  passing.hasPassed = true;
}
