import type { HttpErrorCode } from './errors.ts';
import type { Phase } from './evidence.ts';
import { TransportFailure } from './transport/transport-failure.ts';

/** What we saw ourselves of a failed exchange. */
export interface FailureFacts {
  /** Bytes of the request went to the kernel, or may have. */
  readonly sent: boolean;
  readonly phase: Phase;
}

/** A failure with its meaning. */
export interface Verdict {
  readonly code: HttpErrorCode;
  readonly message: string;
  readonly temporary: boolean;
}

/** Our own side ran out. */
const EXHAUSTED: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS', 'ENOMEM']);
/** Lookups that may succeed in a moment; every other answer is final (getaddrinfo(3)). */
const TEMPORARY_LOOKUP: ReadonlySet<string> = new Set(['EAI_AGAIN', 'EAI_MEMORY', 'EAI_SYSTEM', 'ETIMEOUT']);

/**
 * What a failure of the wire means. The kind says what happened; whether bytes of the request had left says whether the server may have
 * acted on it, and the phase whether an answer had begun.
 */
export function classifyFailure(error: unknown, facts: FailureFacts): Verdict {
  if (!(error instanceof TransportFailure)) {
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return {
      code: 'SLUICE_HTTP_INTERNAL',
      message: `an unexpected error, please report it (${what})`,
      temporary: false,
    };
  }
  const systemCode = systemCodeOf(error.cause);
  const temporary = error.kind === 'lookup' && TEMPORARY_LOOKUP.has(systemCode);
  return { code: codeOf(error, systemCode, temporary, facts), message: error.message, temporary };
}

function codeOf(failure: TransportFailure, systemCode: string, temporary: boolean, facts: FailureFacts): HttpErrorCode {
  switch (failure.kind) {
    case 'lookup':
      return temporary ? 'SLUICE_HTTP_DNS_FAILED' : 'SLUICE_HTTP_DNS_NOT_FOUND';
    case 'connect':
      return EXHAUSTED.has(systemCode) ? 'SLUICE_HTTP_EXHAUSTED' : 'SLUICE_HTTP_CONNECT';
    case 'tls':
      return 'SLUICE_HTTP_TLS';
    case 'closed':
    case 'reset':
      if (facts.phase === 'body') return 'SLUICE_HTTP_TRUNCATED';
      if (!facts.sent) return EXHAUSTED.has(systemCode) ? 'SLUICE_HTTP_EXHAUSTED' : 'SLUICE_HTTP_CONNECT';
      return failure.kind === 'closed' ? 'SLUICE_HTTP_CLOSED' : 'SLUICE_HTTP_RESET';
    case 'truncated':
      return 'SLUICE_HTTP_TRUNCATED';
    case 'malformed':
      return 'SLUICE_HTTP_MALFORMED';
    case 'not-http':
      return facts.phase === 'tls' ? 'SLUICE_HTTP_NOT_TLS' : 'SLUICE_HTTP_NOT_HTTP';
    case 'upgrade':
      return 'SLUICE_HTTP_UPGRADE';
    case 'headers-overflow':
      return 'SLUICE_HTTP_HEADERS_TOO_LARGE';
    case 'framing-overflow':
      return 'SLUICE_HTTP_FRAMING_TOO_LARGE';
    case 'request-body':
      return 'SLUICE_HTTP_BAD_BODY';
    case 'address-refused':
      return 'SLUICE_HTTP_ADDRESS_REFUSED';
    case 'proxy-auth':
      return 'SLUICE_HTTP_PROXY_AUTH';
    case 'proxy-refused':
      return 'SLUICE_HTTP_PROXY_REFUSED';
    case 'shut':
      return 'SLUICE_HTTP_SESSION_CLOSED';
  }
}

/** The system's code; of several attempts on several addresses only one that all of them share. */
function systemCodeOf(cause: unknown): string {
  if (cause instanceof AggregateError) {
    const codes = new Set(cause.errors.map(systemCodeOf));
    return codes.size === 1 ? [...codes][0]! : '';
  }
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
}
