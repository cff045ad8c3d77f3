import { UsageError } from '../errors/usage-error.ts';
import type { RetryState } from './stop.ts';

/** Whether an attempt is worth another one. Conditions combine with `or`, `and` and `not`. */
export class RetryIf {
  readonly shouldRetry: (state: RetryState, threw: boolean) => boolean;

  constructor(shouldRetry: (state: RetryState, threw: boolean) => boolean) {
    this.shouldRetry = shouldRetry;
  }

  or(other: RetryIf): RetryIf {
    return new RetryIf((state, threw) => this.shouldRetry(state, threw) || other.shouldRetry(state, threw));
  }

  and(other: RetryIf): RetryIf {
    return new RetryIf((state, threw) => this.shouldRetry(state, threw) && other.shouldRetry(state, threw));
  }

  not(): RetryIf {
    return new RetryIf((state, threw) => !this.shouldRetry(state, threw));
  }
}

/** Retry when it threw something for which `test` holds. */
export function retryIfError(test: (error: unknown) => boolean): RetryIf {
  return new RetryIf((state, threw) => threw && test(state.error));
}

/** Retry when it threw an error of one of these classes. */
export function retryIfInstanceOf(...classes: readonly (abstract new (...args: never[]) => unknown)[]): RetryIf {
  return retryIfError((error) => classes.some((errorClass) => error instanceof errorClass));
}

/** Retry when it returned something for which `test` holds. */
export function retryIfValue(test: (value: unknown) => boolean): RetryIf {
  return new RetryIf((state, threw) => !threw && test(state.value));
}

/**
 * The default: every error but the caller's own mistakes. A `UsageError` stays one however often it is repeated, and so does a `TypeError`,
 * unless it has a cause: that is how `fetch` reports a network failure.
 */
export const retryIfTransient: RetryIf = retryIfError(
  (error) => !(error instanceof UsageError) && !(error instanceof TypeError && error.cause === undefined),
);
