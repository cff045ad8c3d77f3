import { LedgerError, type LedgerErrorCode } from '../errors.ts';

/** A {@link LedgerError} as it crosses between threads: structured cloning would drop its class and its codes. */
export interface ErrorReport {
  readonly code: LedgerErrorCode;
  readonly message: string;
  readonly cause: {
    readonly message: string;
    readonly stack: string | undefined;
    readonly errcode: number | undefined;
  } | null;
}

/** Describes `error` for the other thread. */
export function reportError(error: LedgerError): ErrorReport {
  const { cause } = error;
  if (!(cause instanceof Error)) return { code: error.code, message: error.message, cause: null };
  const errcode = (cause as { errcode?: number }).errcode;
  return { code: error.code, message: error.message, cause: { message: cause.message, stack: cause.stack, errcode } };
}

/** The error that {@link reportError} described. `cause.errcode` is SQLite's extended result code, where it has one. */
export function reviveError(report: ErrorReport): LedgerError {
  if (report.cause === null) return new LedgerError(report.message, { code: report.code });
  const cause = Object.assign(new Error(report.cause.message), { errcode: report.cause.errcode });
  if (report.cause.stack !== undefined) cause.stack = report.cause.stack;
  return new LedgerError(report.message, { code: report.code, cause });
}
