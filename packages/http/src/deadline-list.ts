import { AsyncLocalStorage } from 'node:async_hooks';

/** Something with a moment at which it wants to be looked at. */
export interface DeadlineEntry {
  /** When, on the clock of `performance.now()`. It may move later at will; moving it earlier needs {@link DeadlineList.hurry}. */
  dueAt: number;
  /** Its place in the list; -1 when it is in none. Belongs to the list. */
  slot: number;
  /** The moment has come. Moves `dueAt` on, or leaves the list. */
  onDue(nowMs: number): void;
}

/** Ticks are no closer than this, so deadlines are met to within 10 ms. */
const TICK_MS = 10;

/**
 * The deadlines of any number of exchanges over one timer. Entering and leaving cost a few instructions and no timer call: deadlines are
 * looked at only when the earliest of them that was known at the last look is due, and most have long left by then.
 */
export class DeadlineList {
  readonly #entries: DeadlineEntry[] = [];
  /** A timer keeps the context of its maker: it is the list's owner, not the request that happened to come first. */
  readonly #inContext: <R>(fn: () => R) => R = AsyncLocalStorage.snapshot();
  /** After a loop that stood still timers come before what the sockets have: nobody is late before that was read. */
  readonly #tick = (): void => {
    this.#pendingLook = setImmediate(() => this.#look());
  };
  #pendingLook: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  #armedFor = Number.POSITIVE_INFINITY;

  /** Entries in the list. */
  get size(): number {
    return this.#entries.length;
  }

  add(entry: DeadlineEntry): void {
    entry.slot = this.#entries.push(entry) - 1;
    if (entry.slot === 0) this.#timer?.ref();
    this.hurry(entry);
  }

  /** Leaves the list; does nothing when it is not there. */
  remove(entry: DeadlineEntry): void {
    if (entry.slot < 0) return;
    const last = this.#entries.pop()!;
    if (last !== entry) {
      this.#entries[entry.slot] = last;
      last.slot = entry.slot;
    }
    entry.slot = -1;
    // Kept for the next entry, but it must not keep the process alive.
    if (this.#entries.length === 0) this.#timer?.unref();
  }

  /** Makes sure that the timer rings in time for this entry. */
  hurry(entry: DeadlineEntry): void {
    if (entry.dueAt < this.#armedFor) this.#arm(entry.dueAt);
  }

  /** Lets go of the timer. The list can be used again. */
  close(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#pendingLook);
    this.#timer = undefined;
    this.#armedFor = Number.POSITIVE_INFINITY;
  }

  #arm(dueAt: number): void {
    clearTimeout(this.#timer);
    this.#armedFor = dueAt;
    const delayMs = Math.min(Math.max(dueAt - performance.now(), TICK_MS), 2_147_483_647);
    this.#timer = this.#inContext(() => setTimeout(this.#tick, delayMs));
  }

  #look(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#armedFor = Number.POSITIVE_INFINITY;
    const nowMs = performance.now();
    // Backwards: an entry that leaves is replaced by the last one, which was already looked at.
    for (let slot = this.#entries.length - 1; slot >= 0; slot--) {
      const entry = this.#entries[slot];
      if (entry !== undefined && entry.dueAt <= nowMs) entry.onDue(nowMs);
    }
    let earliest = Number.POSITIVE_INFINITY;
    for (const entry of this.#entries) earliest = Math.min(earliest, entry.dueAt);
    if (earliest < this.#armedFor) this.#arm(earliest);
  }
}
