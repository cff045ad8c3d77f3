import { classifyStatus, parseRetryAfter } from '@sluice/http';
import type { GateResult } from '../gate/host-gate.ts';
import { readRateHeaders } from '../gate/read-rate-headers.ts';
import type { DeadlineLine } from './deadline-line.ts';
import type { EventQueue } from './event-queue.ts';
import type { HostModel, OutageModel } from './host-model.ts';
import { EPOCH_MS } from './server-limit.ts';
import type { SimulatedReply, SimulatedServer } from './simulated-server.ts';

/** How a request ended, as the client sees it. */
export type Ending = GateResult;

/** First wait of TCP before it sends again (RFC 6298: 1 s for a new connection; kernels go down to 200 ms on one that stands); it doubles. */
const FIRST_SYN_MS = 1000;
const FIRST_RESEND_MS = 200;

/** What bounds a request in time. */
export interface WireDeadlines {
  readonly connect: DeadlineLine;
  readonly reply: DeadlineLine;
}

/** A request under way. */
class Flight {
  isOver = false;
  isConnected = false;
  /** How long it took to connect. */
  setUpMs = 0;
  readonly #ended: (ending: Ending) => void;

  constructor(ended: (ending: Ending) => void) {
    this.#ended = ended;
  }

  end(ending: Ending): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#ended(ending);
  }
}

/** The way from a client to one server: connections that are kept, time on the wire, losses, deadlines. */
export class SimulatedWire {
  readonly #model: HostModel;
  readonly #server: SimulatedServer;
  readonly #events: EventQueue;
  readonly #deadlines: WireDeadlines;
  readonly #outages: readonly OutageModel[];
  readonly #roundTripMs: number;
  #idleConnections = 0;

  constructor(model: HostModel, server: SimulatedServer, events: EventQueue, deadlines: WireDeadlines) {
    this.#model = model;
    this.#server = server;
    this.#events = events;
    this.#deadlines = deadlines;
    this.#outages = model.outages?.filter(({ how }) => how !== 'errors') ?? [];
    this.#roundTripMs = model.roundTripMs ?? 0;
  }

  send(ended: (ending: Ending) => void): void {
    const flight = new Flight(ended);
    if (this.#idleConnections > 0) {
      this.#idleConnections--;
      this.#request(flight);
      return;
    }
    const { nowMs } = this.#events;
    this.#deadlines.connect.add(flight, { class: 'connect' }, () => flight.isConnected);
    const outage = this.#outageAt(nowMs);
    if (outage?.how === 'refuses') {
      this.#events.at(nowMs + Math.max(1, this.#roundTripMs), () => flight.end({ class: 'connect' }));
      return;
    }
    this.#events.at(resent(nowMs, outage, FIRST_SYN_MS) + this.#roundTripMs, () => {
      if (flight.isOver) return;
      flight.isConnected = true;
      flight.setUpMs = this.#events.nowMs - nowMs;
      this.#request(flight);
    });
  }

  #request(flight: Flight): void {
    const { nowMs } = this.#events;
    this.#deadlines.reply.add(flight, { class: 'timeout' });
    const outage = this.#outageAt(nowMs);
    if (outage?.how === 'refuses') {
      flight.end({ class: 'in-doubt' });
      return;
    }
    const arrivesAt = resent(nowMs, outage, FIRST_RESEND_MS) + this.#roundTripMs / 2;
    this.#events.at(arrivesAt, () => {
      if (!flight.isOver) this.#server.receive((reply) => this.#reply(flight, reply));
    });
  }

  #reply(flight: Flight, reply: SimulatedReply): void {
    const { nowMs } = this.#events;
    const outage = this.#outageAt(nowMs);
    this.#events.at(resent(nowMs, outage, FIRST_RESEND_MS) + this.#roundTripMs / 2, () => {
      if (flight.isOver) return;
      if (outage?.how === 'refuses') {
        flight.end({ class: 'in-doubt' });
        return;
      }
      this.#idleConnections++;
      flight.end(this.#read(reply, flight.setUpMs));
    });
  }

  #read({ status, headers, usage }: SimulatedReply, setUpMs: number): Ending {
    const outcomeClass = classifyStatus(status, headers);
    if (headers.size === 0 && usage === undefined) return { class: outcomeClass, setUpMs };
    const nowEpochMs = EPOCH_MS + this.#events.nowMs;
    return {
      class: outcomeClass,
      setUpMs,
      retryAfterMs: parseRetryAfter(headers.get('retry-after'), nowEpochMs),
      announced: readRateHeaders((name) => headers.get(name), nowEpochMs),
      // A refusal uses nothing.
      usage: this.#model.usage === undefined ? undefined : (usage ?? 0),
    };
  }

  #outageAt(nowMs: number): OutageModel | undefined {
    return this.#outages.find(({ fromMs, toMs }) => nowMs >= fromMs && nowMs < toMs);
  }
}

/** When what is sent at `sentMs` comes through: at once, or with the first repetition after a silent outage. */
function resent(sentMs: number, outage: OutageModel | undefined, firstWaitMs: number): number {
  if (outage?.how !== 'silent') return sentMs;
  let wait = firstWaitMs;
  let atMs = sentMs;
  while (atMs < outage.toMs && atMs < Number.POSITIVE_INFINITY) {
    atMs += wait;
    wait *= 2;
  }
  return atMs;
}
