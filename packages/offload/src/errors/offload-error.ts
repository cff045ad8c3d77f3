import { SluiceError } from '@sluice/core';

/** What can go wrong between the caller and the function: stable codes, each with its one cause. */
export type OffloadErrorCode =
  /** The module does not exist, or threw while it was loaded; `cause` says which. */
  | 'SLUICE_OFFLOAD_MODULE'
  /** The module has no export of that name, or it is no function. */
  | 'SLUICE_OFFLOAD_NO_FUNCTION'
  /** An argument or a result holds something that cannot be copied to the other side: a function, a socket, a class with private state. */
  | 'SLUICE_OFFLOAD_NOT_CLONEABLE'
  /** The worker ended in the middle of the call: `process.exit()`, or a process that was killed. */
  | 'SLUICE_OFFLOAD_WORKER_EXITED'
  /** The worker could not start, or an error that nobody caught ended it: `cause` is that error. */
  | 'SLUICE_OFFLOAD_WORKER_CRASHED'
  /** The worker reached its `resourceLimits`. */
  | 'SLUICE_OFFLOAD_OUT_OF_MEMORY'
  /** The call ran to its end, but another call took the worker down before the result had left it. */
  | 'SLUICE_OFFLOAD_RESULT_LOST'
  /** `maxQueue` calls wait already. */
  | 'SLUICE_OFFLOAD_QUEUE_FULL'
  /** The pool was closed before or during the call. */
  | 'SLUICE_OFFLOAD_CLOSED';

/**
 * A call did not come back from its worker, or never got there. What the function itself throws is not wrapped: it arrives as the error that it is.
 *
 * @example
 * try { await work.resize(image, 100); } catch (error) {
 *   if (error instanceof OffloadError && error.code === 'SLUICE_OFFLOAD_OUT_OF_MEMORY') skip(image); else throw error;
 * }
 */
export class OffloadError extends SluiceError {
  declare readonly code: OffloadErrorCode;

  constructor(code: OffloadErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, { code, ...options });
  }
}
