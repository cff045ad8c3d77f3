import { SluiceError } from '@sluice/core';
import { EXIT, type ExitCode } from './exit-codes.ts';

/** The codes of this package's errors, and what they mean. */
export const COMMAND_ERROR_CODES = {
  SLUICE_CLI_OPTION: 'An option or an argument cannot be understood.',
  SLUICE_CLI_SECRET: 'A secret was given as plain text on the command line.',
  SLUICE_CLI_OUTPUT: 'The output cannot be written.',
  SLUICE_CLI_NO_RUN: 'There is no such run.',
  SLUICE_CLI_NO_ITEM: 'The run has no such item.',
  SLUICE_CLI_LAB_DOWN: 'The list belongs to a lab that does not run.',
  SLUICE_CLI_NOT_RESUMABLE: 'The run cannot be gone on with by this command.',
} as const;

/** One of {@link COMMAND_ERROR_CODES}. */
export type CommandErrorCode = keyof typeof COMMAND_ERROR_CODES;

/** A command cannot be carried out: its message is one line for the user, that says what, and what to do. */
export class CommandError extends SluiceError {
  declare readonly code: CommandErrorCode;
  readonly exitCode: ExitCode;

  constructor(code: CommandErrorCode, message: string, options: { exitCode?: ExitCode; cause?: unknown } = {}) {
    super(message, { code, ...('cause' in options ? { cause: options.cause } : {}) });
    this.exitCode = options.exitCode ?? EXIT.usage;
  }
}
