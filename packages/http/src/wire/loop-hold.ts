import { AsyncLocalStorage } from 'node:async_hooks';

const LONGEST_TIMER_MS = 2_147_483_647;

/** Keeps the process alive while anything is under way, with one timer for all of it: what each socket's own reference would do, at no cost a request. */
export class LoopHold {
  readonly #inContext: <R>(fn: () => R) => R = AsyncLocalStorage.snapshot();
  #timer: NodeJS.Timeout | undefined = undefined;
  #count = 0;

  /** How many hold the process. */
  get count(): number {
    return this.#count;
  }

  acquire(): void {
    if (this.#count++ > 0) return;
    if (this.#timer === undefined) this.#timer = this.#inContext(() => setInterval(() => {}, LONGEST_TIMER_MS));
    else this.#timer.ref();
  }

  release(): void {
    if (--this.#count === 0) this.#timer?.unref();
  }

  /** Lets go for good. */
  close(): void {
    clearInterval(this.#timer);
  }
}
