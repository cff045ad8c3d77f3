import { CancelledError } from '../errors/cancelled-error.ts';
import { ambientScope } from './ambient.ts';
import type { Scope } from './scope.ts';

/**
 * Whether `error` is the cancellation that holds in `scope`. By identity, never by an error's name: the scope's own {@link CancelledError},
 * the reason that was given to `cancel`, or an error whose `cause` is one of them (Node's own functions wrap a signal's reason so).
 */
export function isCancellationOf(scope: Scope, error: unknown): boolean {
  if (scope.by === null) return false;
  if (error instanceof CancelledError) return true;
  if (typeof error !== 'object' || error === null) return false;
  const { cancellation } = scope;
  const { cause } = error as { cause?: unknown };
  if (cause === cancellation) return true;
  // A failed sibling's error is the reason of a cancel too, but stays the error that it is.
  const { reason, source } = cancellation;
  return (
    source !== 'sibling' && typeof reason === 'object' && reason !== null && (error === reason || cause === reason)
  );
}

/**
 * Whether `error` says that the current scope was cancelled: then let it pass. A real error, a timeout of an inner scope or an
 * `AbortError` from elsewhere is not.
 *
 * @example
 * try { await work(); } catch (error) { if (isCancelled(error)) throw error; report(error); }
 */
export function isCancelled(error: unknown): boolean {
  const scope = ambientScope();
  return scope !== undefined && isCancellationOf(scope, error);
}

/** Says that an aggregate held nothing but cancellations: `undefined` can be thrown too. */
export const NOTHING_LEFT: unique symbol = Symbol('nothing left');

/** `error` without the cancellations inside it, where it is an aggregate of both; {@link NOTHING_LEFT} when nothing else is in it. */
export function withoutCancellations(scope: Scope, error: unknown): unknown {
  if (scope.by === null) return error;
  if (isCancellationOf(scope, error)) return NOTHING_LEFT;
  if (!(error instanceof AggregateError)) return error;
  const kept = error.errors
    .map((inner) => withoutCancellations(scope, inner))
    .filter((inner) => inner !== NOTHING_LEFT);
  if (kept.length === 0 && error.errors.length > 0) return NOTHING_LEFT;
  const unchanged = kept.length === error.errors.length && kept.every((inner, index) => inner === error.errors[index]);
  return unchanged ? error : new AggregateError(kept, error.message, { cause: kept[0] });
}
