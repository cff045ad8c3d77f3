import { brand, hasBrand } from './brand.ts';

/** What every error of Sluice is made with. */
export interface SluiceErrorOptions {
  /** Stable code for programs, `SLUICE_…`; see docs/errors.md. */
  readonly code: string;
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/**
 * The base class of every error that Sluice throws. `code` is stable across versions, the message is for people.
 * `instanceof` holds across two copies of the package.
 *
 * @example
 * try { await timeout('5s', work); } catch (error) {
 *   if (error instanceof SluiceError && error.code === 'SLUICE_TIMEOUT') console.error('too slow');
 * }
 */
export class SluiceError extends Error {
  readonly code: string;

  constructor(message: string, options: SluiceErrorOptions) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = options.code;
  }

  override get name(): string {
    return this.constructor.name;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasBrand(this, value);
  }
}
brand(SluiceError, 'SluiceError');
