import { scopeHere } from './current.ts';
import { enterScope } from './enter.ts';
import { followSignal } from './follow-signal.ts';
import { type CancelScope, checkDeadline, Scope } from './scope.ts';

/** Options of {@link cancelScope}. */
export interface CancelScopeOptions {
  /** When the scope cancels itself, on the clock of `now()`. Default: never. */
  readonly deadline?: number;
  /** Keep cancellation from outside out. Default false. */
  readonly shield?: boolean;
  /** An outside signal that cancels the scope; its reason becomes the scope's. */
  readonly signal?: AbortSignal;
}

/**
 * Runs `body` in a scope that can be cancelled, and returns when everything inside has ended: the body's value, or undefined
 * when the scope was cancelled and the cancellation reached its end (`scope.cancelledCaught`). A cancellation from outside passes through.
 *
 * @throws what the body throws.
 * @example
 * const first = await cancelScope(async (scope) => {
 *   button.onClick = () => scope.cancel('the user left');
 *   return await download();
 * });
 */
export async function cancelScope<T>(
  body: (scope: CancelScope) => T | PromiseLike<T>,
  options: CancelScopeOptions = {},
): Promise<T | undefined> {
  const { deadline, shield, signal } = options;
  if (deadline !== undefined) checkDeadline(deadline);
  const parent = scopeHere();
  const scope = new Scope(parent, parent.runtime);
  if (shield === true) scope.shield = true;
  if (deadline !== undefined) scope.deadline = deadline;
  const unfollow = followSignal(scope, signal);
  const ending = await enterScope<Scope, T>(scope, body);
  unfollow();
  if (ending.kind === 'error') throw ending.error;
  return ending.kind === 'value' ? ending.value : undefined;
}
