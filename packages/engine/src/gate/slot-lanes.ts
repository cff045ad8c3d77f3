import type { OutcomeClass } from '../outcome/classes.ts';
import type { HostLine, Lane } from './host-line.ts';
import { ItemQueue } from './item-queue.ts';

/** A host is slow when its answers take so many times as long as those of most hosts, and longer than this. */
const SLOW_TIMES = 8;
const SLOW_MS = 250;

/** A slot that something holds. */
export interface HeldSlot {
  readonly lane: Lane;
  readonly startedAt: number;
  isOver: boolean;
  /** A request to a host that nobody has heard of takes longer than those of slow hosts. */
  isOverdue: boolean;
}

/**
 * The slots of a run and who may hold them. While hosts that answer have work, hosts that are slow or do not answer, and new ones that are late with
 * their first answer, hold at most a quarter of the slots; of that, hosts that are known to be slow hold a hundredth, but always one: they come to
 * their end too, and nobody waits for them. After an outage, and when our own side has run out of something, slots come back one with each answer.
 */
export class SlotLanes {
  #slots: number;
  /** The most that may be held while slots come back. */
  #ramp = Number.POSITIVE_INFINITY;
  readonly #held: Record<Lane, number> = { proven: 0, unproven: 0, suspect: 0 };
  #provenHosts = 0;
  #overdue = 0;
  /** What new hosts hold, in the order of its beginning. */
  readonly #young = new ItemQueue<HeldSlot>();
  /** About the median latency of all hosts that answer. */
  #typicalMs = 0;

  constructor(slots: number) {
    this.#slots = slots;
  }

  /** How many may be held in all. */
  get most(): number {
    return this.#slots;
  }

  /** How many may be held now. */
  get limit(): number {
    return Math.min(this.#slots, this.#ramp);
  }

  get inFlight(): number {
    return this.#held.proven + this.#held.unproven + this.#held.suspect;
  }

  get isFull(): boolean {
    return this.inFlight >= this.limit;
  }

  configure(slots: number): void {
    this.#slots = slots;
  }

  /** Begins again with so many: the others come back one with each answer. */
  ramp(from: number): void {
    this.#ramp = Math.max(1, Math.min(this.limit, from));
  }

  /** Whether the lane has a slot that it need not yield to hosts that answer: new hosts have to be tried, slow ones come to their end. */
  guarantees(lane: 'unproven' | 'suspect'): boolean {
    if (lane === 'suspect') return this.#held.suspect < Math.max(1, Math.floor(this.#slots / 100));
    return this.#held.unproven + this.#held.suspect < this.#quarter;
  }

  /** Whether a host of the lane may take a slot that nobody of a better lane wants. */
  allows(lane: Lane, nowMs: number): boolean {
    if (lane === 'proven' || this.#provenHosts === 0) return true;
    if (lane === 'suspect') return this.guarantees(lane) || this.#held.unproven + this.#held.suspect < this.#quarter;
    this.#age(nowMs);
    return this.#overdue + this.#held.suspect < this.#quarter;
  }

  get #quarter(): number {
    return Math.max(1, Math.floor(this.#slots / 4));
  }

  #age(nowMs: number): void {
    const oldest = nowMs - Math.max(SLOW_MS, this.#typicalMs * SLOW_TIMES);
    for (let slot = this.#young.peek(); slot !== undefined; slot = this.#young.peek()) {
      if (!slot.isOver) {
        if (slot.startedAt > oldest) return;
        slot.isOverdue = true;
        this.#overdue++;
      }
      this.#young.shift();
    }
  }

  begin(slot: HeldSlot): void {
    this.#held[slot.lane]++;
    if (slot.lane === 'unproven') this.#young.push(slot);
  }

  end(slot: HeldSlot): void {
    slot.isOver = true;
    this.#held[slot.lane]--;
    if (slot.isOverdue) this.#overdue--;
  }

  /** Judges a host by how a request of it ended. */
  judge<T>(line: HostLine<T>, outcomeClass: OutcomeClass, hasNoAnswer: boolean, latencyMs: number): void {
    if (hasNoAnswer) {
      this.#move(line, 'suspect');
      return;
    }
    if (outcomeClass !== 'ok' && outcomeClass !== 'client') return;
    if (this.#ramp < Number.POSITIVE_INFINITY && ++this.#ramp >= this.#slots) this.#ramp = Number.POSITIVE_INFINITY;
    line.latencyMs += (latencyMs - line.latencyMs) * (line.latencyMs === 0 ? 1 : 0.3);
    // A median that is followed by steps (Frugal-1U, Ma, Muthukrishnan and Sandler, 2013), here of two percent.
    if (this.#typicalMs === 0) this.#typicalMs = latencyMs;
    else this.#typicalMs *= latencyMs > this.#typicalMs ? 1.02 : 1 / 1.02;
    const isSlow = line.latencyMs > SLOW_MS && line.latencyMs > this.#typicalMs * SLOW_TIMES;
    this.#move(line, isSlow ? 'suspect' : 'proven');
  }

  #move<T>(line: HostLine<T>, lane: Lane): void {
    if (line.lane === lane) return;
    if (lane === 'proven') this.#provenHosts++;
    else if (line.lane === 'proven') this.#provenHosts--;
    line.lane = lane;
  }
}
