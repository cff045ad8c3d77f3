import { runInScope } from '../scope/ambient.ts';

/** Where time comes from: the real clock, or a virtual one in tests. Times are milliseconds since an origin of its own. */
export interface Clock {
  now(): number;
  /** Calls `ring` once, at `at` or later; a later call moves the alarm; `undefined` turns it off. */
  setAlarm(at: number | undefined, ring: () => void): void;
  /** Told of each foreign wait that begins and ends, so that a virtual clock does not jump over it. */
  foreignWaits?(change: 1 | -1): void;
}

/** The longest delay that `setTimeout` takes; a longer one would fire at once. */
const MAX_DELAY_MS = 2_147_483_647;

/** Monotonic real time: `performance.now()` and one `setTimeout`. */
export class RealClock implements Clock {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #armedAt = Number.POSITIVE_INFINITY;

  now(): number {
    return performance.now();
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
