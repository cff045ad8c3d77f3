import { type Clock, RealClock } from '../time/clock.ts';
import { TimerHeap } from '../time/timer-heap.ts';
import type { Group } from './group.ts';

/** Decides when what is ready goes on: calls `proceed` later. */
export type Schedule = (proceed: () => void) => void;

/** What the tasks of one tree share: the clock and its timers, the source of randomness, the order of what is ready. */
export class Runtime {
  readonly clock: Clock;
  readonly timers: TimerHeap;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Decides the order in which what is ready goes on, as tests with a seed do; null is first in, first out. */
  readonly schedule: Schedule | null;
  /** Counts what went on, so that a virtual clock can see whether anything still happens. */
  activity = 0;
  /** What goes on in the background, each with the promise of its end. */
  readonly services: Map<Group, Promise<void>> = new Map();
  /** Whether the run that this is of is over. */
  hasEnded = false;
  #turn = 0;
  #turnAt = 0;

  constructor(options: { clock?: Clock; random?: () => number; schedule?: Schedule } = {}) {
    this.clock = options.clock ?? new RealClock();
    this.timers = new TimerHeap(this.clock);
    this.random = options.random ?? Math.random;
    this.schedule = options.schedule ?? null;
  }

  /** Something goes on in the turn of that number: when that turn began, in whole milliseconds. */
  beginTurn(turn: number): number {
    this.activity++;
    if (this.#turn !== turn) {
      this.#turn = turn;
      this.#turnAt = Math.trunc(this.clock.now());
    }
    return this.#turnAt;
  }
}
