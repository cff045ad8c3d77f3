import { CancelledError, type CancelSource } from '../errors/cancelled-error.ts';
import { InvalidDurationError, UsageError } from '../errors/usage-error.ts';
import { sight } from '../sight/observer.ts';
import type { Runtime } from '../task/runtime.ts';
import type { TimerEntry } from '../time/timer-heap.ts';
import { runInScope } from './ambient.ts';
import { propagate } from './propagate.ts';
import type { Waiter } from './waiter.ts';

/** What user code sees of a scope. */
export interface CancelScope {
  /** Cancels everything inside: every checkpoint throws from now on. The first reason stays; later calls do nothing. */
  cancel(reason?: unknown): void;
  /** Aborted when this scope, or one around it that it is not shielded from, is cancelled; its `reason` is the {@link CancelledError}. Made on first read. */
  readonly signal: AbortSignal;
  /** When the scope cancels itself, on the clock of `now()`; `Infinity` is never. Can be set at any time. */
  deadline: number;
  /** Whether cancellation from outside is kept out. Its own `cancel` and deadline still count. Can be set at any time. */
  shield: boolean;
  /** Whether this very scope was cancelled, by `cancel()` or its deadline. */
  readonly cancelCalled: boolean;
  /** Whether a cancellation reached the end of this scope and was taken there. */
  readonly cancelledCaught: boolean;
}

/**
 * A node of the cancel tree. Children and waits hang on it in intrusive lists, so entering and leaving cost O(1) however many there are.
 * `by` is the scope whose cancellation holds here: itself, one around it, or null.
 */
export class Scope implements CancelScope, TimerEntry {
  readonly runtime: Runtime;
  readonly parent: Scope | null;
  /** The task that this scope belongs to: the nearest task around it; null outside every task. */
  readonly owner: Scope | null;
  firstChild: Scope | null = null;
  nextSibling: Scope | null = null;
  #previousSibling: Scope | null = null;
  firstWaiter: Waiter<unknown> | null = null;
  /** Its own cancellation; null while it was not cancelled itself. */
  own: CancelledError | null = null;
  by: Scope | null;
  closed = false;
  /** When it was entered, in whole milliseconds of the runtime's clock; -1 before that. */
  beganAt = -1;
  dueAt: number = Number.POSITIVE_INFINITY;
  dueOrder = 0;
  heapIndex = -1;
  /** Called when the last child has left. */
  onChildless: (() => void) | null = null;
  cancelledCaught = false;
  /** Streams that were begun here and are read here: they end with this scope. */
  openStreams: Set<Scope> | null = null;
  #shielded = false;
  #controller: AbortController | null = null;

  constructor(parent: Scope | null, runtime: Runtime, isTask = false) {
    this.parent = parent;
    this.runtime = runtime;
    this.owner = isTask ? this : (parent?.owner ?? null);
    this.by = null;
    if (parent !== null) {
      this.by = parent.by;
      this.nextSibling = parent.firstChild;
      if (parent.firstChild !== null) parent.firstChild.#previousSibling = this;
      parent.firstChild = this;
    }
  }

  /** How messages name it. */
  get label(): string {
    return this.owner === null ? 'the main program' : this.owner.label;
  }

  get cancelCalled(): boolean {
    return this.own !== null;
  }

  /** Whether a cancellation from around this scope holds in it, so that one which arrives at its end is not its own to take. */
  get cancelledFromOutside(): boolean {
    return !this.#shielded && this.parent !== null && this.parent.by !== null;
  }

  cancel(reason?: unknown): void {
    this.cancelAs('explicit', reason);
  }

  cancelAs(source: CancelSource, reason?: unknown): void {
    if (this.own !== null || this.closed) return;
    this.runtime.timers.remove(this);
    this.own = new CancelledError(source, reason);
    if (sight.observer !== null) sight.observer.cancelled(this);
    propagate(this);
  }

  fire(): void {
    this.cancelAs('deadline');
  }

  get deadline(): number {
    return this.dueAt;
  }

  set deadline(at: number) {
    checkDeadline(at);
    if (this.closed) throw new UsageError('the deadline of a scope that has ended cannot be set');
    const { timers, clock } = this.runtime;
    timers.remove(this);
    this.dueAt = at;
    if (this.own !== null || at === Number.POSITIVE_INFINITY) return;
    if (at <= clock.now()) this.fire();
    else timers.add(this, at);
  }

  get shield(): boolean {
    return this.#shielded;
  }

  set shield(on: boolean) {
    if (this.#shielded === on || this.closed) return;
    this.#shielded = on;
    propagate(this);
  }

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.by !== null) this.#controller.abort(this.by.own);
    }
    return this.#controller.signal;
  }

  /** The cancellation that holds here. Only to be asked while `by` is set. */
  get cancellation(): CancelledError {
    return this.by!.own!;
  }

  /** Ends the waits of this one node and aborts its signal: called when a cancellation began to hold here. */
  deliver(): void {
    const error = this.cancellation;
    for (let waiter = this.firstWaiter; waiter !== null; waiter = this.firstWaiter) waiter.cancel(error);
    // Listeners run as part of this scope, not of whoever cancelled it.
    if (this.#controller !== null) runInScope(this, abort, { controller: this.#controller, reason: error });
  }

  addWaiter(waiter: Waiter<unknown>): void {
    waiter.scopeNext = this.firstWaiter;
    if (this.firstWaiter !== null) this.firstWaiter.scopePrevious = waiter;
    this.firstWaiter = waiter;
  }

  removeWaiter(waiter: Waiter<unknown>): void {
    if (waiter.scopePrevious === null) this.firstWaiter = waiter.scopeNext;
    else waiter.scopePrevious.scopeNext = waiter.scopeNext;
    if (waiter.scopeNext !== null) waiter.scopeNext.scopePrevious = waiter.scopePrevious;
    waiter.scopePrevious = null;
    waiter.scopeNext = null;
  }

  /** Takes the node out of the tree, with the timer and the waits that nobody awaits any more. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.runtime.timers.remove(this);
    if (this.firstWaiter !== null) this.#dropWaiters();
    const { parent } = this;
    if (parent === null) return;
    if (this.#previousSibling === null) parent.firstChild = this.nextSibling;
    else this.#previousSibling.nextSibling = this.nextSibling;
    if (this.nextSibling !== null) this.nextSibling.#previousSibling = this.#previousSibling;
    this.nextSibling = null;
    this.#previousSibling = null;
    if (parent.firstChild === null) parent.onChildless?.();
  }

  #dropWaiters(): void {
    const error = this.own ?? new CancelledError('explicit', 'the scope in which this wait began has ended');
    for (let waiter = this.firstWaiter; waiter !== null; waiter = this.firstWaiter) waiter.cancel(error);
  }
}

/** @throws InvalidDurationError for NaN and what is no number. */
export function checkDeadline(at: number): void {
  if (typeof at === 'number' && !Number.isNaN(at)) return;
  throw new InvalidDurationError(`a deadline must be a time on the clock of now(), not ${String(at)}`);
}

function abort({ controller, reason }: { controller: AbortController; reason: unknown }): void {
  controller.abort(reason);
}
