import { ItemQueue } from '../gate/item-queue.ts';
import type { EventQueue } from './event-queue.ts';

/** What a deadline ends. */
export interface Endable<E> {
  readonly isOver: boolean;
  end(ending: E): void;
}

interface Deadline {
  readonly atMs: number;
  readonly hasPassed: () => boolean;
  readonly expire: () => void;
}

/** Deadlines that are all as long, so they come in the order in which they were set: one planned call for all of them. */
export class DeadlineLine {
  readonly #events: EventQueue;
  readonly #ms: number;
  readonly #line = new ItemQueue<Deadline>();
  #isPlanned = false;

  constructor(events: EventQueue, ms: number) {
    this.#events = events;
    this.#ms = ms;
  }

  /** Ends `what` with `ending` unless it is over, or `isMet` says so, by then. */
  add<E>(what: Endable<E>, ending: E, isMet: () => boolean = () => false): void {
    this.#line.push({
      atMs: this.#events.nowMs + this.#ms,
      hasPassed: () => what.isOver || isMet(),
      expire: () => what.end(ending),
    });
    this.#plan();
  }

  #plan(): void {
    if (this.#isPlanned) return;
    for (let first = this.#line.peek(); first !== undefined; first = this.#line.peek()) {
      if (!first.hasPassed()) {
        this.#isPlanned = true;
        this.#events.at(first.atMs, () => this.#expire());
        return;
      }
      this.#line.shift();
    }
  }

  #expire(): void {
    this.#isPlanned = false;
    const { nowMs } = this.#events;
    for (let first = this.#line.peek(); first !== undefined && first.atMs <= nowMs; first = this.#line.peek()) {
      this.#line.shift();
      if (!first.hasPassed()) first.expire();
    }
    this.#plan();
  }
}
