import { SluiceError } from '@sluice/core';

/** Every code of a {@link ServiceError}: the status it is answered with, and what it says. */
export const SERVICE_ERRORS = {
  SLUICE_SERVICE_INVALID: { status: 400, title: 'The request is not well formed' },
  SLUICE_SERVICE_UNAUTHORIZED: { status: 401, title: 'A token is needed' },
  SLUICE_SERVICE_ORIGIN: { status: 403, title: 'The request comes from a page of another site' },
  SLUICE_SERVICE_NOT_FOUND: { status: 404, title: 'There is nothing at this address' },
  SLUICE_SERVICE_NO_RUN: { status: 404, title: 'There is no such run' },
  SLUICE_SERVICE_RUN_LIVE: { status: 409, title: 'The run is under way' },
  SLUICE_SERVICE_RUN_NOT_LIVE: { status: 409, title: 'The run is not under way' },
  SLUICE_SERVICE_RUN_ELSEWHERE: { status: 409, title: 'Another process holds the run' },
  SLUICE_SERVICE_RUN_COMPLETE: { status: 409, title: 'The run is complete' },
  SLUICE_SERVICE_RUN_CHANGING: { status: 409, title: 'The run is being changed by another request' },
  SLUICE_SERVICE_NOT_RESUMABLE: { status: 409, title: 'The service cannot go on with this run' },
  SLUICE_SERVICE_TOO_LARGE: { status: 413, title: 'The body is too large' },
  SLUICE_SERVICE_MEDIA_TYPE: { status: 415, title: 'The body is of a type that is not taken here' },
  SLUICE_SERVICE_HOST: { status: 421, title: 'The service does not answer to this name' },
  SLUICE_SERVICE_NO_LIST: { status: 422, title: 'There is no such list' },
  SLUICE_SERVICE_NO_JOB: { status: 422, title: 'There is no such job' },
  SLUICE_SERVICE_EMPTY_LIST: { status: 422, title: 'The list is empty' },
  SLUICE_SERVICE_IDEMPOTENCY: { status: 422, title: 'The idempotency key was used for something else' },
  SLUICE_SERVICE_INTERNAL: { status: 500, title: 'The service failed' },
  SLUICE_SERVICE_UNREADABLE: { status: 500, title: 'The ledger of the run cannot be read' },
  SLUICE_SERVICE_BUSY: { status: 503, title: 'Too much is read at once' },
  SLUICE_SERVICE_CLOSING: { status: 503, title: 'The service is closing' },
  SLUICE_SERVICE_REQUEST_TIMEOUT: { status: 503, title: 'The request took too long' },
} as const;

/** A code of {@link SERVICE_ERRORS}. */
export type ServiceErrorCode = keyof typeof SERVICE_ERRORS;

/** What the service refuses or cannot do; it is answered as a problem (RFC 9457) with the status of its code. */
export class ServiceError extends SluiceError {
  declare readonly code: ServiceErrorCode;

  constructor(code: ServiceErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, { code, ...('cause' in options ? { cause: options.cause } : {}) });
  }

  /** The HTTP status that it is answered with. */
  get statusCode(): number {
    return SERVICE_ERRORS[this.code].status;
  }
}
