import type { Clock } from './clock.ts';

/** Something that happens at a time. The heap keeps its own place in `heapIndex`; -1 is "not in the heap". */
export interface TimerEntry {
  dueAt: number;
  /** Orders entries that are due at the same time: first armed, first fired. */
  dueOrder: number;
  heapIndex: number;
  fire(): void;
}

/**
 * All deadlines and sleeps of one runtime: a binary heap with one alarm on the clock. Adding and removing cost O(log n).
 */
export class TimerHeap {
  readonly #clock: Clock;
  readonly #entries: TimerEntry[] = [];
  readonly #ring = (): void => this.fireDue();
  #order = 0;
  #firing = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** When the next entry is due; undefined when there is none. */
  get nextDueAt(): number | undefined {
    return this.#entries[0]?.dueAt;
  }

  add(entry: TimerEntry, dueAt: number): void {
    entry.dueAt = dueAt;
    entry.dueOrder = this.#order++;
    this.#up(entry, this.#entries.length);
    if (entry.heapIndex === 0 && !this.#firing) this.#arm();
  }

  remove(entry: TimerEntry): void {
    const index = entry.heapIndex;
    if (index < 0) return;
    entry.heapIndex = -1;
    const last = this.#entries.pop()!;
    if (last !== entry) {
      if (index > 0 && before(last, this.#entries[(index - 1) >> 1]!)) this.#up(last, index);
      else this.#down(last, index);
    }
    if (this.#entries.length === 0 && !this.#firing) this.#clock.setAlarm(undefined, this.#ring);
  }

  /** Fires all that is due in one go, so that deadlines which expire together are all seen before any code runs. */
  fireDue(): void {
    this.#firing = true;
    try {
      const now = this.#clock.now();
      for (let first = this.#entries[0]; first !== undefined && first.dueAt <= now; first = this.#entries[0]) {
        this.remove(first);
        first.fire();
      }
    } finally {
      this.#firing = false;
      this.#arm();
    }
  }

  #arm(): void {
    this.#clock.setAlarm(this.#entries[0]?.dueAt, this.#ring);
  }

  #up(entry: TimerEntry, start: number): void {
    let index = start;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#entries[parentIndex]!;
      if (!before(entry, parent)) break;
      this.#entries[index] = parent;
      parent.heapIndex = index;
      index = parentIndex;
    }
    this.#entries[index] = entry;
    entry.heapIndex = index;
  }

  #down(entry: TimerEntry, start: number): void {
    const size = this.#entries.length;
    let index = start;
    for (;;) {
      let childIndex = 2 * index + 1;
      if (childIndex >= size) break;
      if (childIndex + 1 < size && before(this.#entries[childIndex + 1]!, this.#entries[childIndex]!)) childIndex++;
      const child = this.#entries[childIndex]!;
      if (!before(child, entry)) break;
      this.#entries[index] = child;
      child.heapIndex = index;
      index = childIndex;
    }
    this.#entries[index] = entry;
    entry.heapIndex = index;
  }
}

function before(a: TimerEntry, b: TimerEntry): boolean {
  return a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.dueOrder < b.dueOrder);
}
