import type { EventQueue } from './event-queue.ts';
import type { HostModel } from './host-model.ts';
import type { ServerLimit } from './server-limit.ts';
import { SimulatedServer } from './simulated-server.ts';
import { type Ending, SimulatedWire, type WireDeadlines } from './simulated-wire.ts';

/** A host of a simulation: its server, the way to it, and what was seen of both. */
export class SimulatedHost {
  ok = 0;
  failed = 0;
  throttled = 0;
  inFlight = 0;
  maxInFlight = 0;
  /** When its last outcome came. */
  finishedAtMs = 0;
  /** For how long more stood in its line than it worked on, or more were in the house than it can bear. */
  overloadedMs = 0;
  readonly #model: HostModel;
  readonly #server: SimulatedServer;
  readonly #wire: SimulatedWire;
  /** Until when it has asked to wait. */
  #askedUntilMs = 0;

  constructor(model: HostModel, events: EventQueue, random: () => number, deadlines: WireDeadlines) {
    this.#model = model;
    this.#server = new SimulatedServer(model, events, random);
    this.#wire = new SimulatedWire(model, this.#server, events, deadlines);
  }

  get limits(): readonly ServerLimit[] {
    return this.#server.limits;
  }

  /** A request begins; true when that is before the time that the host has asked for. */
  begin(nowMs: number): boolean {
    this.inFlight++;
    this.maxInFlight = Math.max(this.maxInFlight, this.inFlight);
    return nowMs < this.#askedUntilMs - 1e-6;
  }

  send(ended: (ending: Ending) => void): void {
    this.#wire.send(ended);
  }

  end(nowMs: number, ending: Ending): void {
    this.inFlight--;
    if (ending.class !== 'throttled') return;
    this.throttled++;
    this.#askedUntilMs = Math.max(this.#askedUntilMs, nowMs + (ending.retryAfterMs ?? 0));
  }

  /** An item of it has its outcome. */
  close(nowMs: number, isOk: boolean): void {
    if (isOk) this.ok++;
    else this.failed++;
    this.finishedAtMs = nowMs;
  }

  /** How many stand in its line, for the last `ms`. */
  look(ms: number): number {
    const { waiting, slots, inHouse } = this.#server;
    if (waiting > slots || inHouse > (this.#model.collapse?.above ?? Number.POSITIVE_INFINITY)) this.overloadedMs += ms;
    return waiting;
  }
}
