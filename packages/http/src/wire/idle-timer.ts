import { AsyncLocalStorage } from 'node:async_hooks';

/** Looks are no closer together than this. */
const MIN_DELAY_MS = 10;

/**
 * Rings when the first of many moments has come, at the cost of a comparison a moment: moments are not kept, whoever is called looks for
 * those that have come, and says when the next one does. It does not keep the process alive.
 */
export class IdleTimer {
  readonly #look: (nowMs: number) => number;
  /** A timer keeps the context of its maker, which must not be that of some request. */
  readonly #inContext: <R>(fn: () => R) => R = AsyncLocalStorage.snapshot();
  #timer: NodeJS.Timeout | undefined = undefined;
  #armedFor = Number.POSITIVE_INFINITY;

  /** `look` answers when it wants to be called again, `Infinity` for never. Times are those of `performance.now()`. */
  constructor(look: (nowMs: number) => number) {
    this.#look = look;
  }

  /** Rings at this moment, or before. */
  at(moment: number): void {
    if (moment < this.#armedFor) this.#arm(moment);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#armedFor = Number.NEGATIVE_INFINITY;
  }

  #arm(moment: number): void {
    clearTimeout(this.#timer);
    this.#armedFor = moment;
    const delayMs = Math.min(Math.max(moment - performance.now(), MIN_DELAY_MS), 2_147_483_647);
    this.#timer = this.#inContext(() => setTimeout(() => this.#ring(), delayMs));
    this.#timer.unref();
  }

  #ring(): void {
    this.#armedFor = Number.POSITIVE_INFINITY;
    this.at(this.#look(performance.now()));
  }
}
