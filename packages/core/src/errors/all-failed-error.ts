import { brand, hasBrand } from './brand.ts';

/** What `any` and `hedge` throw when no attempt succeeded: every error, in the order in which the attempts were begun. Code `SLUICE_ALL_FAILED`. */
export class AllFailedError extends AggregateError {
  readonly code = 'SLUICE_ALL_FAILED';

  constructor(caller: string, errors: readonly unknown[]) {
    const texts = errors.map((error) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error)));
    super(errors, `none of the ${errors.length} attempts of ${caller} succeeded: ${texts.join('; ')}`, {
      cause: errors[0],
    });
  }

  override get name(): string {
    return 'AllFailedError';
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasBrand(this, value);
  }
}
brand(AllFailedError, 'AllFailedError');
brand(AllFailedError, 'SluiceError');
