import { AsyncLocalStorage } from 'node:async_hooks';
import type { Scope } from './scope.ts';

/**
 * The ambient scope: which scope the running code belongs to. This is the one file to change where there is no
 * `AsyncLocalStorage` (browsers, once they have TC39's AsyncContext).
 */
const storage = new AsyncLocalStorage<Scope | undefined>();

/** The innermost scope that the caller runs in; undefined outside any. */
export function ambientScope(): Scope | undefined {
  return storage.getStore();
}

/** Calls `fn(argument)` inside `scope`: everything that it awaits belongs there too. `undefined` leaves all scopes. */
export function runInScope<A, R>(scope: Scope | undefined, fn: (argument: A) => R, argument: A): R {
  return storage.run(scope, fn, argument);
}

/**
 * Lets the rest of this microtask run inside `scope`. Only for a microtask of our own, which has no caller that the scope could leak into;
 * it costs a third of {@link runInScope}, which has to put the context back.
 */
export function runFromHere(scope: Scope): void {
  storage.enterWith(scope);
}
