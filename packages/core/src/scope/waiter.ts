import { formatDuration } from '../duration.ts';
import type { CancelledError } from '../errors/cancelled-error.ts';
import { sight } from '../sight/observer.ts';
import type { WaitQueue } from '../sync/wait-queue.ts';
import type { Ready } from '../task/runtime.ts';
import type { TimerEntry } from '../time/timer-heap.ts';
import type { Scope } from './scope.ts';

const ignore = (): void => {};

/**
 * One wait of one piece of code: pending, then granted or cancelled, whichever came first, by one state field.
 * It is a node of its scope's list of waits (so a cancel finds it), may be a node of a primitive's queue (so a grant finds it)
 * and may be in the timer heap (so time finds it); leaving is O(1) for the lists and O(log n) for the heap.
 */
export class Waiter<T> implements Ready, TimerEntry {
  readonly scope: Scope;
  pending = true;
  promise!: Promise<T>;
  #resolve!: (value: unknown) => void;
  #reject!: (error: unknown) => void;
  /** Held between the grant and its wake-up under a seeded schedule. */
  #granted: unknown;
  scopePrevious: Waiter<unknown> | null = null;
  scopeNext: Waiter<unknown> | null = null;
  queue: WaitQueue<Waiter<unknown>> | null = null;
  queuePrevious: Waiter<unknown> | null = null;
  queueNext: Waiter<unknown> | null = null;
  dueAt = 0;
  dueOrder = 0;
  heapIndex = -1;

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
  get waitsOn(): string {
    if (this.queue !== null) return this.queue.label;
    if (this.heapIndex < 0) return 'sleepForever';
    return `sleep until +${formatDuration(Math.max(0, this.dueAt - this.scope.runtime.clock.now()))}`;
  }

  /** Ends the wait with a value. False when it had ended before: then the value is still the caller's. */
  grant(value: T): boolean {
    if (!this.pending) return false;
    this.#leave();
    const { runtime } = this.scope;
    if (runtime.shuffles) {
      this.#granted = value;
      runtime.enqueue(this);
    } else {
      runtime.activity++;
      this.#resolve(value);
    }
    return true;
  }

  proceed(): void {
    this.#resolve(this.#granted);
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

  /** Due: as a timer entry, a plain waiter is a sleeper. */
  fire(): void {
    this.grant(undefined as T);
  }

  #leave(): void {
    this.pending = false;
    this.scope.removeWaiter(this);
    if (this.queue !== null) this.queue.remove(this);
    if (this.heapIndex >= 0) this.scope.runtime.timers.remove(this);
    if (sight.observer !== null) sight.observer.wentOn(this.scope);
  }
}
