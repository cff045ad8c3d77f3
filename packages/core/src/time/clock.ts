import { runInScope } from '../scope/ambient.ts';
import { afterMacrotask } from './after-macrotask.ts';

/** Where time comes from: the real clock, or a virtual one in tests. Times are milliseconds since an origin of its own. */
export interface Clock {
  now(): number;
  /** Calls `ring` once, at `at` or later; a later call moves the alarm; `undefined` turns it off. */
  setAlarm(at: number | undefined, ring: () => void): void;
  /** Told of each foreign wait that begins and ends, so that a virtual clock does not jump over it. */
  foreignWaits?(change: 1 | -1): void;
  /** The next turn of the event loop, when it has not had one for long: what keeps checkpointing lets timers, I/O and signals through. Virtual time has none. */
  turn?(): Promise<void> | undefined;
}

/** The longest delay that `setTimeout` takes; a longer one would fire at once. */
export const MAX_DELAY_MS = 2_147_483_647;

/** How long checkpoints may follow each other in microtasks alone. */
const MAX_TURN_MS = 10;

/** Monotonic real time: `performance.now()` and one `setTimeout`. */
export class RealClock implements Clock {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #armedAt = Number.POSITIVE_INFINITY;
  /** When the event loop had its last turn that is known of. */
  #turnedAt = 0;
  #turn: Promise<void> | undefined;

  now(): number {
    return performance.now();
  }

  turn(): Promise<void> | undefined {
    if (this.#turn === undefined && performance.now() - this.#turnedAt > MAX_TURN_MS) {
      this.#turn = new Promise<void>((resolve) => {
        afterMacrotask(() => {
          this.#turn = undefined;
          this.#turnedAt = performance.now();
          resolve();
        });
      });
    }
    return this.#turn;
  }

  setAlarm(at: number | undefined, ring: () => void): void {
    if (at === undefined) {
      // Turned off, it must not keep the process alive. An unref'd timer that may serve again is cheaper than clearing it.
      if (this.#timer === undefined) return;
      if (typeof this.#timer.unref === 'function') this.#timer.unref();
      else this.#clear();
      return;
    }
    if (this.#timer !== undefined && this.#armedAt <= at) {
      this.#timer.ref?.();
      return;
    }
    this.#clear();
    this.#armedAt = at;
    const delayMs = Math.min(Math.max(Math.ceil(at - performance.now()), 1), MAX_DELAY_MS);
    // Outside every scope: a timer remembers the context of its maker, and this one outlives it.
    this.#timer = runInScope(
      undefined,
      (ms: number) =>
        setTimeout(() => {
          this.#timer = undefined;
          this.#armedAt = Number.POSITIVE_INFINITY;
          ring();
        }, ms),
      delayMs,
    );
  }

  #clear(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#armedAt = Number.POSITIVE_INFINITY;
  }
}
