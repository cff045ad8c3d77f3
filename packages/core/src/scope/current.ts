import { sight } from '../sight/observer.ts';
import { Runtime } from '../task/runtime.ts';
import { ambientScope } from './ambient.ts';
import { type CancelScope, Scope } from './scope.ts';

/** Outside every `run` code belongs to this scope, which is never cancelled: every function works in a request handler or a test as well. */
export const outermost: Scope = new Scope(null, new Runtime());

/** The scope that the caller runs in. What goes on after its scope has ended (a callback, a promise that nobody awaited) belongs to the one around. */
export function scopeHere(): Scope {
  let scope = ambientScope() ?? outermost;
  while (scope.closed && scope.parent !== null) scope = scope.parent;
  return scope;
}

/** {@link scopeHere} for a call that is a checkpoint. */
export function checkpointScope(): Scope {
  const scope = scopeHere();
  if (sight.observer !== null) sight.observer.checkpoint(scope);
  return scope;
}

/**
 * The innermost cancel scope that the caller runs in.
 *
 * @example
 * await fetchSomething(url, { signal: currentScope().signal }); // a foreign function that ends with the scope
 */
export function currentScope(): CancelScope {
  return scopeHere();
}

/** When the current scope will be cancelled by a deadline: the earliest of all around it that no shield keeps out. `Infinity` is never, `-Infinity` says that it is cancelled already. */
export function currentEffectiveDeadline(): number {
  let earliest = Number.POSITIVE_INFINITY;
  for (let scope: Scope | null = scopeHere(); scope !== null; scope = scope.shield ? null : scope.parent) {
    if (scope.by !== null) return Number.NEGATIVE_INFINITY;
    earliest = Math.min(earliest, scope.deadline);
  }
  return earliest;
}

/** The time on the run's clock in milliseconds: monotonic, since an origin of its own, virtual under `testRun`. */
export function now(): number {
  return scopeHere().runtime.clock.now();
}

/** A random number, uniform in [0, 1): repeatable under a seeded `testRun`. */
export function random(): number {
  return scopeHere().runtime.random();
}
