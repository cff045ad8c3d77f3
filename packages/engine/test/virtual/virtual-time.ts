import { AsyncLocalStorage } from 'node:async_hooks';

/** What the code of a process calls for time: all of it goes through these globals. */
const REAL = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setImmediate: globalThis.setImmediate,
  clearImmediate: globalThis.clearImmediate,
  now: Date.now,
  performanceNow: performance.now.bind(performance),
};

/** Virtual time began at this moment. */
const EPOCH_MS = 1_800_000_000_000;

/** A timer, or an immediate: then `at` is undefined. */
class VirtualTimer {
  readonly at: number | undefined;
  readonly order: number;
  readonly fire: () => void;
  isCleared = false;

  constructor(at: number | undefined, order: number, fire: () => void) {
    this.at = at;
    this.order = order;
    this.fire = fire;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }
}

/**
 * A process without real time: everything in it that waits for a timer or for the next turn waits here, in one queue, and goes on in an order that
 * depends on nothing else. It can be stopped between any two events, as a process that is killed.
 */
export class VirtualTime implements Disposable {
  /** Events so far. */
  events = 0;
  #nowMs = 0;
  #order = 0;
  #timers: VirtualTimer[] = [];
  readonly #immediates: VirtualTimer[] = [];

  constructor() {
    const later = (at: number | undefined, callback: (...args: unknown[]) => void, args: unknown[]): VirtualTimer => {
      const inContext = AsyncLocalStorage.snapshot();
      const timer = new VirtualTimer(at, this.#order++, () => inContext(callback, ...args));
      (at === undefined ? this.#immediates : this.#timers).push(timer);
      return timer;
    };
    const clear = (timer: unknown): void => {
      if (timer instanceof VirtualTimer) timer.isCleared = true;
    };
    const globals = globalThis as unknown as Record<string, unknown>;
    globals.setTimeout = (callback: () => void, ms = 1, ...args: unknown[]) =>
      later(this.#nowMs + Math.max(1, ms), callback, args);
    globals.setImmediate = (callback: () => void, ...args: unknown[]) => later(undefined, callback, args);
    globals.clearTimeout = clear;
    globals.clearImmediate = clear;
    Date.now = () => EPOCH_MS + Math.floor(this.#nowMs);
    performance.now = () => this.#nowMs;
  }

  /** Milliseconds since the beginning. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /**
   * Lets the process go on until `work` has settled, or until it has had `mostEvents` events: then what is under way will never go on. True when the
   * work has settled. @throws what the work rejects with; Error when nothing is left that could go on.
   */
  async drive(work: Promise<unknown>, mostEvents: number): Promise<boolean> {
    let hasSettled = false;
    const settled = work.finally(() => {
      hasSettled = true;
    });
    settled.catch(() => {});
    const until = this.events + mostEvents;
    for (;;) {
      // Everything that can go on without time does.
      await new Promise((resolve) => REAL.setImmediate(resolve));
      if (hasSettled) {
        await settled;
        return true;
      }
      if (this.events >= until) return false;
      const next = this.#next();
      if (next === undefined) throw new Error('nothing is left that could go on');
      this.events++;
      next.fire();
    }
  }

  /** Forgets what waits: the process is dead. */
  kill(): void {
    this.#timers = [];
    this.#immediates.length = 0;
  }

  [Symbol.dispose](): void {
    Object.assign(globalThis, {
      setTimeout: REAL.setTimeout,
      clearTimeout: REAL.clearTimeout,
      setImmediate: REAL.setImmediate,
      clearImmediate: REAL.clearImmediate,
    });
    Date.now = REAL.now;
    performance.now = REAL.performanceNow;
  }

  #next(): VirtualTimer | undefined {
    for (let first = this.#immediates.shift(); first !== undefined; first = this.#immediates.shift())
      if (!first.isCleared) return first;
    this.#timers = this.#timers.filter(({ isCleared }) => !isCleared);
    let first: VirtualTimer | undefined;
    for (const timer of this.#timers) {
      const isEarlier =
        first === undefined || timer.at! < first.at! || (timer.at === first.at && timer.order < first.order);
      if (isEarlier) first = timer;
    }
    if (first === undefined) return undefined;
    this.#timers.splice(this.#timers.indexOf(first), 1);
    this.#nowMs = Math.max(this.#nowMs, first.at!);
    return first;
  }
}
