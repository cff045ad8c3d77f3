import type { CancelledError } from '../errors/cancelled-error.ts';
import { sight } from '../sight/observer.ts';
import type { Scope } from './scope.ts';

const ignore = (): void => {};

/**
 * One wait of one piece of code: pending, then granted or cancelled, whichever came first, by one state field.
 * It is a node of its scope's list of waits, so a cancel finds it. Where else it hangs, so that what it waits for finds it too, its
 * subclasses know: in a primitive's queue, in the timer heap. There may be a million, so each carries only what its kind needs.
 */
export abstract class Waiter<T> {
  readonly scope: Scope;
  pending = true;
  promise!: Promise<T>;
  #resolve!: (value: unknown) => void;
  #reject!: (error: unknown) => void;
  scopePrevious: Waiter<unknown> | null = null;
  scopeNext: Waiter<unknown> | null = null;

  /** Begins to wait in `scope`, which must not be cancelled. */
  constructor(scope: Scope) {
    this.scope = scope;
    this.promise = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve as (value: unknown) => void;
      this.#reject = reject;
    });
    scope.addWaiter(this);
  }

  /** What it waits for, as the task tree says it. */
  abstract get waitsOn(): string;

  /** Ends the wait with a value. False when it had ended before: then the value is still the caller's. */
  grant(value: T): boolean {
    if (!this.pending) return false;
    this.#leave();
    const { runtime } = this.scope;
    runtime.activity++;
    if (runtime.schedule === null) this.#resolve(value);
    else {
      const resolve = this.#resolve;
      runtime.schedule(() => resolve(value));
    }
    return true;
  }

  /** Ends the wait with an error that is not a cancellation. */
  fail(error: unknown): boolean {
    if (!this.pending) return false;
    this.#leave();
    this.scope.runtime.activity++;
    this.#reject(error);
    return true;
  }

  /** Ends the wait because its scope was cancelled or has ended. */
  cancel(error: CancelledError): void {
    if (!this.pending) return;
    this.#leave();
    this.scope.runtime.activity++;
    this.#reject(error);
    // Cancellation is level-triggered: a promise that nobody looks at loses nothing, so it must not count as unhandled.
    this.promise.then(undefined, ignore);
  }

  /** Takes it out of where its kind hangs. */
  protected leave(): void {}

  #leave(): void {
    this.pending = false;
    this.scope.removeWaiter(this);
    this.leave();
    if (sight.observer !== null) sight.observer.wentOn(this.scope);
  }
}
