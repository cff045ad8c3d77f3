import { type Duration, parseDuration } from '../duration.ts';
import { TimeoutError } from '../errors/timeout-error.ts';
import { scopeHere } from './current.ts';
import { enterScope } from './enter.ts';
import { Scope } from './scope.ts';

/**
 * Runs `body` so that a cancel from outside waits until it is done: for clean-up that has to wait for something. The cancel is met
 * at the next checkpoint after it. Bound it with `timeout`: what is shielded for ever holds up the whole program.
 *
 * @throws TimeoutError when `timeout` passed first; else what the body throws.
 * @example
 * try { await work(); } finally { await shield(() => connection.sayGoodbye(), { timeout: '2s' }); }
 */
export async function shield<T>(
  body: () => T | PromiseLike<T>,
  options: { readonly timeout?: Duration } = {},
): Promise<T> {
  const parent = scopeHere();
  const durationMs = options.timeout === undefined ? Number.POSITIVE_INFINITY : parseDuration(options.timeout);
  const scope = new Scope(parent, parent.runtime);
  scope.shield = true;
  scope.deadline = parent.runtime.clock.now() + durationMs;
  const ending = await enterScope<Scope, T>(scope, body);
  if (ending.kind === 'value') return ending.value;
  if (ending.kind === 'error') throw ending.error;
  throw scope.own!.source === 'deadline' ? new TimeoutError(durationMs) : scope.own;
}
