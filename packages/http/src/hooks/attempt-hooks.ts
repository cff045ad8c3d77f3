import type { Attempt } from './attempt.ts';

/**
 * Functions that a session calls around each attempt of each of its requests, in the caller's context and one after the other. They may be
 * async; what they take counts against the request's `timeout`, and a request that is cancelled does not wait for them. What they throw
 * ends the request with `SLUICE_HTTP_HOOK` (class `step`).
 *
 * @example
 * const hooks: AttemptHooks = {
 *   beforeAttempt: async (attempt) => attempt.setHeader('authorization', `Bearer ${await tokens.current()}`),
 *   afterAttempt: async ({ status, resendCount }) => {
 *     if (status !== 401 || resendCount > 0) return;
 *     await tokens.refresh();
 *     return 'again';
 *   },
 * };
 */
export interface AttemptHooks {
  /** Before the request is sent: the moment to set headers. */
  readonly beforeAttempt?: (attempt: Attempt) => void | Promise<void>;
  /**
   * When the attempt is over: a response came whole (`status`; its body is not decoded yet, of a streamed one the reader has had it), or it failed
   * (`error`). `'again'` after a response has the request sent once more, a POST too, in place of taking the response: once in the life of a
   * request, and not for streamed responses and bodies that are gone. After a failure it is ignored, and what is thrown then becomes a warning
   * of the process: the failure stands.
   */
  readonly afterAttempt?: (attempt: Attempt) => void | 'again' | Promise<void | 'again'>;
}
