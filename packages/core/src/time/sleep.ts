import { type Duration, parseDuration } from '../duration.ts';
import { InvalidDurationError } from '../errors/usage-error.ts';
import { checkpoint } from '../scope/checkpoint.ts';
import { checkpointScope, scopeHere } from '../scope/current.ts';
import { refuse } from '../scope/refuse.ts';
import { Sleeper } from './sleeper.ts';

/**
 * Waits for `duration`; a cancel of the scope ends it at once. `sleep(0)` is a {@link checkpoint}.
 *
 * @throws CancelledError · InvalidDurationError for NaN and negative numbers.
 * @example
 * await sleep('250ms');
 */
export function sleep(duration: Duration): Promise<void> {
  const ms = typeof duration === 'number' && duration >= 0 ? duration : parseDuration(duration);
  return ms === 0 ? checkpoint() : sleepUntil(scopeHere().runtime.clock.now() + ms);
}

/** Waits until the clock of `now()` shows `at`. Cancelled like {@link sleep}. */
export function sleepUntil(at: number): Promise<void> {
  if (Number.isNaN(at)) throw new InvalidDurationError('sleepUntil() takes a time on the clock of now(), not NaN');
  const scope = checkpointScope();
  if (scope.by !== null) return refuse(scope);
  const { timers, clock } = scope.runtime;
  if (at <= clock.now()) return checkpoint();
  const waiter = new Sleeper(scope);
  if (at !== Number.POSITIVE_INFINITY) timers.add(waiter, at);
  return waiter.promise;
}

/** Waits until it is cancelled. */
export function sleepForever(): Promise<never> {
  return sleepUntil(Number.POSITIVE_INFINITY) as Promise<never>;
}
