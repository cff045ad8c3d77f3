import { sight } from '../sight/observer.ts';
import { runInScope } from './ambient.ts';
import { NOTHING_LEFT, withoutCancellations } from './is-cancelled.ts';
import type { Scope } from './scope.ts';

/** How the body of a scope ended: with a value, with an error, or with a cancellation that this scope takes. */
export type Ending<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'error'; readonly error: unknown }
  | { readonly kind: 'cancelled' };

/** Runs `body` inside `scope`, waits until everything inside it has ended, and closes it. */
export async function enterScope<S extends Scope, T>(
  scope: S,
  body: (scope: S) => T | PromiseLike<T>,
): Promise<Ending<T>> {
  let ending: Ending<T>;
  sight.bodyGiven?.(scope, body);
  scope.beganAt = Math.trunc(scope.runtime.clock.now());
  try {
    ending = { kind: 'value', value: await runInScope(scope, body, scope) };
  } catch (error) {
    ending = { kind: 'error', error };
    if (scope.firstChild !== null) scope.cancelAs('sibling', error);
  }
  while (scope.firstChild !== null) await childless(scope);
  scope.close();
  return ending.kind === 'error' ? judge(scope, ending.error) : ending;
}

/** Ends the streams that `scope` left open, and resolves when its last child has left. */
export function childless(scope: Scope): Promise<void> {
  if (scope.openStreams !== null)
    for (const stream of scope.openStreams) stream.cancel('the scope that reads the stream has ended');
  return new Promise((resolve) => {
    const seldom = scope.seldom();
    seldom.onChildless = () => {
      seldom.onChildless = null;
      resolve();
    };
  });
}

/** Decides whether an error that arrives at the end of a scope is a cancellation, and whose. */
export function judge(scope: Scope, error: unknown): Ending<never> {
  const rest = withoutCancellations(scope, error);
  if (rest !== NOTHING_LEFT) return { kind: 'error', error: rest };
  if (scope.own !== null && !scope.cancelledFromOutside) {
    scope.seldom().hasCaught = true;
    return { kind: 'cancelled' };
  }
  // A cancellation from outside goes on, as what it is even where a foreign function had wrapped it.
  return { kind: 'error', error: scope.parent!.cancellation };
}
