import { SluiceError } from '@sluice/core';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { SERVICE_ERRORS, ServiceError, type ServiceErrorCode } from './service-error.ts';

/** The media type of a problem. */
export const PROBLEM_TYPE = 'application/problem+json';

/** What is answered instead of what was asked for (RFC 9457). */
export interface Problem {
  /** `urn:sluice:error:` and the code. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What happened, to what, and what to do. */
  readonly detail: string;
  /** Stable, for programs. */
  readonly code: string;
  /** What is wrong with which part of the request. */
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[] | undefined;
}

/** Errors of Fastify's own that a client can cause, and what is to be done where its message does not say it. */
const FASTIFY_CODES: Readonly<Record<string, { readonly code: ServiceErrorCode; readonly detail?: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    code: 'SLUICE_SERVICE_TOO_LARGE',
    detail: 'the body is longer than 1 MiB: upload a long list to /api/v1/lists, and submit the run with its name',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { code: 'SLUICE_SERVICE_MEDIA_TYPE' },
};

/** Why another package refused: the run, not the service, is what cannot be done. */
const FOREIGN_CODES: Readonly<Record<string, ServiceErrorCode>> = {
  SLUICE_LEDGER_BUSY: 'SLUICE_SERVICE_RUN_ELSEWHERE',
  SLUICE_LEDGER_NOT_FOUND: 'SLUICE_SERVICE_NO_RUN',
  SLUICE_LEDGER_NOT_A_LEDGER: 'SLUICE_SERVICE_UNREADABLE',
  SLUICE_LEDGER_NEWER: 'SLUICE_SERVICE_UNREADABLE',
  SLUICE_LEDGER_CORRUPT: 'SLUICE_SERVICE_UNREADABLE',
};

/** The problem that an error is answered with. What is our own fault is named, and not described: it goes to the log. */
export function toProblem(error: unknown): Problem {
  if (error instanceof ServiceError) return problem(error.code, error.message);
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map(({ instancePath, message = 'is not well formed' }) => ({
      pointer: `${error.validationContext ?? 'request'}${instancePath}`,
      detail: message,
    }));
    const first = errors[0];
    const detail = first === undefined ? 'the request is not well formed' : `${first.pointer}: ${first.detail}`;
    return { ...problem('SLUICE_SERVICE_INVALID', detail), errors };
  }
  if (error instanceof SluiceError && error.code in FOREIGN_CODES) {
    return problem(FOREIGN_CODES[error.code]!, error.message);
  }
  const { code, statusCode, message } = error as { code?: unknown; statusCode?: unknown; message?: unknown };
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    const known = FASTIFY_CODES[String(code)];
    return problem(known?.code ?? 'SLUICE_SERVICE_INVALID', known?.detail ?? String(message));
  }
  return problem('SLUICE_SERVICE_INTERNAL', 'the service failed to answer; its log says why');
}

/** A problem with a code of ours. */
export function problem(code: ServiceErrorCode, detail: string): Problem {
  const { status, title } = SERVICE_ERRORS[code];
  return { type: `urn:sluice:error:${code}`, title, status, detail, code };
}
