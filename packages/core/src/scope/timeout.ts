import { type Duration, parseDuration } from '../duration.ts';
import { TimeoutError } from '../errors/timeout-error.ts';
import { scopeHere } from './current.ts';
import { type Ending, enterScope } from './enter.ts';
import { type CancelScope, Scope } from './scope.ts';

/**
 * Runs `body` and cancels it when `duration` has passed. It returns only after the body's clean-up has ended. Completed work wins
 * over the timer, and an error of the body's own is never replaced. The deadline can be moved: `scope.deadline = now() + 1000`.
 *
 * @throws TimeoutError when the deadline cut the body off.
 * @example
 * const page = await timeout('5s', () => session.get(url)); // like asyncio.wait_for
 */
export async function timeout<T>(duration: Duration, body: (scope: CancelScope) => T | PromiseLike<T>): Promise<T> {
  const durationMs = parseDuration(duration);
  const scope = deadlineScope(durationMs);
  const ending = await enterScope<Scope, T>(scope, body);
  if (ending.kind === 'value') return ending.value;
  if (ending.kind === 'error') throw ending.error;
  throw scope.own!.source === 'deadline' ? new TimeoutError(durationMs) : scope.own;
}

/** What {@link moveOnAfter} answers: `timedOut` tells whether the deadline cut the body off. */
export type MovedOn<T> =
  | { readonly timedOut: false; readonly value: T }
  | { readonly timedOut: true; readonly value: undefined };

/**
 * Like {@link timeout}, but a body that is cut off is an answer and not an error.
 *
 * @example
 * const { timedOut, value } = await moveOnAfter('2s', () => session.get(url));
 */
export async function moveOnAfter<T>(
  duration: Duration,
  body: (scope: CancelScope) => T | PromiseLike<T>,
): Promise<MovedOn<T>> {
  const ending: Ending<T> = await enterScope<Scope, T>(deadlineScope(parseDuration(duration)), body);
  if (ending.kind === 'error') throw ending.error;
  return ending.kind === 'value' ? { timedOut: false, value: ending.value } : { timedOut: true, value: undefined };
}

function deadlineScope(durationMs: number): Scope {
  const parent = scopeHere();
  const scope = new Scope(parent, parent.runtime);
  scope.deadline = parent.runtime.clock.now() + durationMs;
  return scope;
}
