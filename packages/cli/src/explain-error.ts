import { SluiceError, UsageError } from '@sluice/core';
import { EngineError } from '@sluice/engine';
import { LabError } from '@sluice/lab';
import { LedgerError, type LedgerErrorCode } from '@sluice/ledger';
import { CommandError } from './command-error.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { printable } from './text/printable.ts';

/** What an error means for the user: one line, and the exit status. */
export interface Explanation {
  readonly line: string;
  readonly exitCode: ExitCode;
  /** Where it comes from, when it is a bug of ours. */
  readonly stack?: string;
}

/** The ledger could not be used as it was asked for; any other code means that it failed while it was used. */
const LEDGER_USAGE: ReadonlySet<LedgerErrorCode> = new Set([
  'SLUICE_LEDGER_NOT_FOUND',
  'SLUICE_LEDGER_NOT_A_LEDGER',
  'SLUICE_LEDGER_NEWER',
  'SLUICE_LEDGER_BUSY',
  'SLUICE_LEDGER_READONLY',
  'SLUICE_LEDGER_SQL',
]);

/** Tells the mistakes of a command from troubles of its files and from bugs. */
export function explainError(error: unknown): Explanation {
  if (error instanceof CommandError) return { line: printable(error.message), exitCode: error.exitCode };
  if (error instanceof EngineError) return { line: printable(engineMessage(error)), exitCode: EXIT.usage };
  if (error instanceof SluiceError && error.code === 'SLUICE_TASK_TREE')
    return { line: printable(error.message), exitCode: EXIT.usage };
  // By its code: to ask for the class would load every driver.
  if (error instanceof SluiceError && error.code.startsWith('SLUICE_DB_'))
    return { line: printable(error.message), exitCode: EXIT.usage };
  if (error instanceof LedgerError) {
    return { line: printable(error.message), exitCode: LEDGER_USAGE.has(error.code) ? EXIT.usage : EXIT.internal };
  }
  if (error instanceof UsageError || error instanceof LabError)
    return { line: printable(error.message), exitCode: EXIT.usage };
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (code !== undefined && syscall !== undefined) return { line: printable(message), exitCode: EXIT.internal };
  return {
    line: `this is a bug of sluice, please report it with what follows: ${printable(String(error))}`,
    exitCode: EXIT.internal,
    stack: error instanceof Error ? (error.stack ?? '') : '',
  };
}

/** The engine speaks of a job; here the definition is the command's options. */
function engineMessage(error: EngineError): string {
  if (error.code !== 'SLUICE_DEFINITION_CHANGED') return error.message;
  return 'the headers are not those that this run began with, and its results would be mixed: give the same, or begin anew with --fresh';
}
