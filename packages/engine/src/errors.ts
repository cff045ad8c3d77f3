import { SluiceError } from '@sluice/core';
import type { OutcomeClass } from './outcome/classes.ts';

/** Every code of an {@link EngineError} and what it means. */
export const ENGINE_ERRORS = {
  SLUICE_SOURCE_UNREADABLE: 'the list cannot be read',
  SLUICE_SOURCE_EMPTY: 'the list has no item: it is empty, or has only blank lines and comments',
  SLUICE_INPUT_CHANGED: 'the list is not the one that the run began with',
  SLUICE_SOURCE_SPOOL: 'a list of standard input cannot be kept beside the ledger',
  SLUICE_DEFINITION_CHANGED: 'the job is not the one that the run began with',
  SLUICE_INPUT_URL: 'an item is no URL',
  SLUICE_INPUT_SCHEME: 'an item is a URL, but not of http or https',
  SLUICE_INPUT_JSON: 'a line is no JSON value',
  SLUICE_INPUT_TOO_LONG: 'a line is longer than 1 MiB',
  SLUICE_INPUT_TEXT: 'a line is not valid UTF-8 text, or has a NUL in it',
  SLUICE_INPUT_KEY: 'the key of an item cannot be told',
  SLUICE_INPUT_HOST: 'the host of an item cannot be told',
  SLUICE_INPUT_LOST: 'nothing of an item was kept that it could be begun with',
  SLUICE_HOST_DOWN: 'the host of an item has failed for so long that the item was not tried',
  SLUICE_LOOP_START: 'an event loop of the run ended, and no other can be started',
  SLUICE_VALUE_NOT_JSON: 'a step returned something that cannot be kept as JSON',
} as const;

/** A code of {@link ENGINE_ERRORS}. */
export type EngineErrorCode = keyof typeof ENGINE_ERRORS;

/** A run cannot begin or go on (thrown by `start` and `run`), or an item cannot be worked on (then `outcomeClass` is its class). */
export class EngineError extends SluiceError {
  declare readonly code: EngineErrorCode;
  readonly outcomeClass: OutcomeClass | undefined;

  constructor(
    code: EngineErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly outcomeClass?: OutcomeClass } = {},
  ) {
    super(message, { code, ...('cause' in options ? { cause: options.cause } : {}) });
    this.outcomeClass = options.outcomeClass;
  }
}

/** The same error, with the number of the line that it is about in front. */
export function atLine(error: EngineError, position: number): EngineError {
  return new EngineError(error.code, `line ${position}: ${error.message}`, {
    cause: error,
    ...(error.outcomeClass === undefined ? {} : { outcomeClass: error.outcomeClass }),
  });
}
