import { brand, hasBrand } from './brand.ts';
import { SluiceError } from './sluice-error.ts';

/**
 * A function was called in a way that cannot work: the mistake is in the calling code, so it is never retried.
 * Code `SLUICE_USAGE`, or a more exact one where the mistake has a name.
 */
export class UsageError extends SluiceError {
  constructor(message: string, options: { code?: string; cause?: unknown } = {}) {
    super(message, { code: options.code ?? 'SLUICE_USAGE', ...('cause' in options ? { cause: options.cause } : {}) });
  }
}
brand(UsageError, 'UsageError');

/** A duration or deadline is not a number of milliseconds, or negative. A `RangeError` that is a {@link UsageError} too. */
export class InvalidDurationError extends RangeError {
  readonly code = 'SLUICE_INVALID_DURATION';

  override get name(): string {
    return 'InvalidDurationError';
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasBrand(this, value);
  }
}
brand(InvalidDurationError, 'InvalidDurationError');
brand(InvalidDurationError, 'UsageError');
brand(InvalidDurationError, 'SluiceError');
