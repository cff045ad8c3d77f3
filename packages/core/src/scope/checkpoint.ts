import type { CancelledError } from '../errors/cancelled-error.ts';
import { UsageError } from '../errors/usage-error.ts';
import { runInScope } from './ambient.ts';
import { checkpointScope } from './current.ts';
import { refuse } from './refuse.ts';
import type { Scope } from './scope.ts';
import { Waiter } from './waiter.ts';

/**
 * Meets a cancel, if there is one, and lets others go on. For loops that compute for long without waiting for anything of ours.
 *
 * @throws CancelledError when the current scope is cancelled.
 */
export function checkpoint(): Promise<void> {
  const scope = checkpointScope();
  return scope.by === null ? (scope.runtime.clock.turn?.() ?? Promise.resolve()) : refuse(scope);
}

/**
 * Waits for a promise from elsewhere, but no longer than the current scope lives: on a cancel `onCancel` is called (abort the work there)
 * and the wait ends at once. What the promise gives later is dropped, its late error too.
 *
 * @throws CancelledError when the current scope is cancelled; what the promise rejects with; what `onCancel` throws.
 * @example
 * const rows = await cancellable(driver.query(sql), { onCancel: () => driver.cancel() });
 */
export function cancellable<T>(
  promise: PromiseLike<T>,
  options: { readonly onCancel?: (error: unknown) => void } = {},
): Promise<T> {
  if (typeof promise?.then !== 'function') throw new UsageError('cancellable() takes a promise');
  const scope = checkpointScope();
  if (scope.by !== null) {
    const refused = refuse(scope);
    promise.then(undefined, () => {});
    return options.onCancel === undefined ? refused : callThenRefuse(scope, options.onCancel, refused);
  }
  const waiter = new ForeignWaiter<T>(scope, options.onCancel);
  promise.then(
    (value) => waiter.grant(value),
    (error) => waiter.fail(error),
  );
  return waiter.promise;
}

function callThenRefuse(scope: Scope, onCancel: (error: unknown) => void, refused: Promise<never>): Promise<never> {
  try {
    runInScope(scope, onCancel, scope.cancellation);
    return refused;
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Waits for something that is not ours: a virtual clock must not jump meanwhile. */
class ForeignWaiter<T> extends Waiter<T> {
  readonly #onCancel: ((error: unknown) => void) | undefined;

  constructor(scope: Scope, onCancel: ((error: unknown) => void) | undefined) {
    super(scope);
    this.#onCancel = onCancel;
    scope.runtime.clock.foreignWaits?.(1);
  }

  override get waitsOn(): string {
    return 'cancellable';
  }

  override grant(value: T): boolean {
    return this.#ended(super.grant(value));
  }

  override fail(error: unknown): boolean {
    return this.#ended(super.fail(error));
  }

  override cancel(error: CancelledError): void {
    if (!this.pending) return;
    try {
      if (this.#onCancel !== undefined) runInScope(this.scope, this.#onCancel, error);
    } catch (thrown) {
      this.fail(thrown);
      return;
    }
    this.#ended(this.pending);
    super.cancel(error);
  }

  #ended(changed: boolean): boolean {
    if (changed) this.scope.runtime.clock.foreignWaits?.(-1);
    return changed;
  }
}
