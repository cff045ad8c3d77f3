import { type Clock, RealClock } from '../time/clock.ts';
import { TimerHeap } from '../time/timer-heap.ts';
import type { Group } from './group.ts';

/** What is ready to go on: a task to start or a wait to end. */
export interface Ready {
  proceed(): void;
}

/** What the tasks of one tree share: the clock and its timers, the source of randomness, the queue of what is ready. */
export class Runtime {
  readonly clock: Clock;
  readonly timers: TimerHeap;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Under a seed, the order in which what is ready goes on is drawn from `random`; else it is first in, first out. */
  readonly shuffles: boolean;
  /** Counts what went on, so that a virtual clock can see whether anything still happens. */
  activity = 0;
  /** When what is going on now was taken from the queue, in whole milliseconds. */
  turnAt = 0;
  /** What goes on in the background, each with the promise of its end. */
  readonly services: Map<Group, Promise<void>> = new Map();
  /** Whether the run that this is of is over. */
  hasEnded = false;
  #ready: Ready[] = [];
  readonly #drain = (): void => this.#proceedAll();

  constructor(options: { clock?: Clock; random?: () => number; shuffles?: boolean } = {}) {
    this.clock = options.clock ?? new RealClock();
    this.timers = new TimerHeap(this.clock);
    this.random = options.random ?? Math.random;
    this.shuffles = options.shuffles ?? false;
  }

  /** Lets `item` go on in a microtask, behind what is ready already. */
  enqueue(item: Ready): void {
    if (this.#ready.push(item) === 1) queueMicrotask(this.#drain);
  }

  #proceedAll(): void {
    const batch = this.#ready;
    this.#ready = [];
    if (this.shuffles) shuffle(batch, this.random);
    this.activity += batch.length;
    this.turnAt = Math.trunc(this.clock.now());
    for (const item of batch) item.proceed();
  }
}

/** Fisher-Yates (Knuth, TAOCP volume 2, algorithm 3.4.2P). */
function shuffle(items: unknown[], random: () => number): void {
  for (let last = items.length - 1; last > 0; last--) {
    const pick = Math.floor(random() * (last + 1));
    [items[last], items[pick]] = [items[pick], items[last]];
  }
}
