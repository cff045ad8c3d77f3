import { CancelledError, type CancelSource } from '../errors/cancelled-error.ts';
import { InvalidDurationError, UsageError } from '../errors/usage-error.ts';
import { sight } from '../sight/observer.ts';
import type { Runtime } from '../task/runtime.ts';
import { runInScope } from './ambient.ts';
import { propagate } from './propagate.ts';
import { Seldom } from './seldom.ts';
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
 * `by` is the scope whose cancellation holds here: itself, one around it, or null. What few scopes need lies apart: a million tasks are a million of these.
 */
export class Scope implements CancelScope {
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
  #seldom: Seldom | null = null;

  constructor(parent: Scope | null, runtime: Runtime, isTask = false) {
    this.parent = parent;
    this.runtime = runtime;
    this.owner = isTask ? this : (parent?.owner ?? null);
    this.by = null;
    if (parent === null) return;
    this.by = parent.by;
    const next = parent.firstChild;
    if (next !== null) {
      this.nextSibling = next;
      next.#previousSibling = this;
    }
    parent.firstChild = this;
  }

  /** How messages name it. */
  get label(): string {
    return this.owner === null ? 'the main program' : this.owner.label;
  }

  get cancelCalled(): boolean {
    return this.own !== null;
  }

  get cancelledCaught(): boolean {
    return this.#seldom?.hasCaught === true;
  }

  /** Whether a cancellation from around this scope holds in it, so that one which arrives at its end is not its own to take. */
  get cancelledFromOutside(): boolean {
    return this.parent !== null && this.parent.by !== null && !this.shield;
  }

  cancel(reason?: unknown): void {
    this.cancelAs('explicit', reason);
  }

  cancelAs(source: CancelSource, reason?: unknown): void {
    if (this.own !== null || this.closed) return;
    this.#disarm();
    this.own = new CancelledError(source, reason);
    if (sight.observer !== null) sight.observer.cancelled(this);
    propagate(this);
  }

  get deadline(): number {
    return this.#seldom === null ? Number.POSITIVE_INFINITY : this.#seldom.dueAt;
  }

  set deadline(at: number) {
    checkDeadline(at);
    if (this.closed) throw new UsageError('the deadline of a scope that has ended cannot be set');
    if (at === this.deadline) return;
    this.#disarm();
    const seldom = this.seldom();
    seldom.dueAt = at;
    if (this.own !== null || at === Number.POSITIVE_INFINITY) return;
    const { timers, clock } = this.runtime;
    if (at <= clock.now()) seldom.fire();
    else timers.add(seldom, at);
  }

  get shield(): boolean {
    return this.#seldom?.isShielded === true;
  }

  set shield(on: boolean) {
    if (this.shield === on || this.closed) return;
    this.seldom().isShielded = on;
    propagate(this);
  }

  get signal(): AbortSignal {
    const seldom = this.seldom();
    if (seldom.controller === null) {
      seldom.controller = new AbortController();
      if (this.by !== null) seldom.controller.abort(this.by.own);
    }
    return seldom.controller.signal;
  }

  /** See {@link Seldom}. */
  get openStreams(): Set<Scope> | null {
    return this.#seldom === null ? null : this.#seldom.openStreams;
  }

  /** See {@link Seldom}. */
  get onChildless(): (() => void) | null {
    return this.#seldom === null ? null : this.#seldom.onChildless;
  }

  /** The place of what few scopes have: for who sets something there. */
  seldom(): Seldom {
    this.#seldom ??= new Seldom(this);
    return this.#seldom;
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
    const controller = this.#seldom?.controller;
    if (controller) runInScope(this, abort, { controller, reason: error });
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
    this.#disarm();
    if (this.firstWaiter !== null) this.#dropWaiters();
    const { parent } = this;
    if (parent === null) return;
    const next = this.nextSibling;
    const previous = this.#previousSibling;
    if (previous === null) parent.firstChild = next;
    else previous.nextSibling = next;
    if (next !== null) next.#previousSibling = previous;
    this.nextSibling = null;
    this.#previousSibling = null;
    if (parent.firstChild === null) parent.#seldom?.onChildless?.();
  }

  #disarm(): void {
    if (this.#seldom !== null) this.runtime.timers.remove(this.#seldom);
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
