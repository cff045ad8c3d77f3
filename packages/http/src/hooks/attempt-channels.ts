import { type Channel, channel } from 'node:diagnostics_channel';
import type { Attempt } from './attempt.ts';

/**
 * Names of the channels of `node:diagnostics_channel` on which all sessions of the process tell of their attempts. The message is an
 * {@link Attempt}; listeners are called in the context of the request's caller. A request that began while nobody listened is not shown.
 *
 * @example
 * import { subscribe } from 'node:diagnostics_channel';
 * subscribe(ATTEMPT_CHANNELS.end, (message) => {
 *   const { method, url, status, durationMs } = message as Attempt;
 *   console.log(method, url, status, durationMs);
 * });
 */
export const ATTEMPT_CHANNELS = {
  /** It is about to be sent: headers can still be set. */
  start: 'sluice:http:attempt:start',
  /** A response came whole: `status` and `headers` are there. */
  end: 'sluice:http:attempt:end',
  /** It failed or was cancelled: `error` is there. */
  error: 'sluice:http:attempt:error',
} as const;

const start: Channel = channel(ATTEMPT_CHANNELS.start);
const end: Channel = channel(ATTEMPT_CHANNELS.end);
const error: Channel = channel(ATTEMPT_CHANNELS.error);

/** Whether anybody listens. */
export function isObserved(): boolean {
  return start.hasSubscribers || end.hasSubscribers || error.hasSubscribers;
}

export function publishStart(attempt: Attempt): void {
  if (start.hasSubscribers) start.publish(attempt);
}

/** Says how an attempt ended. */
export function publishEnd(attempt: Attempt): void {
  const to = 'error' in attempt ? error : end;
  if (to.hasSubscribers) to.publish(attempt);
}
