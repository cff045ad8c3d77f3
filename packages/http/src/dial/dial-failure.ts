import type { ConnectPhase } from '../transport/transport.ts';
import { TransportFailure } from '../transport/transport-failure.ts';

/** What OpenSSL calls it when the other side does not answer a TLS hello with TLS. */
const NOT_TLS: ReadonlySet<string> = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
  'ERR_SSL_UNKNOWN_PROTOCOL',
]);

/** What went wrong when a name was looked up. */
export function lookupFailure(host: string, error: unknown): TransportFailure {
  return new TransportFailure('lookup', `the name ${host} could not be looked up (${codeOf(error)})`, error);
}

/** What went wrong on the way to `where`; of several addresses the errors of all. */
export function connectFailure(where: string, errors: readonly Error[]): TransportFailure {
  const codes = [...new Set(errors.map(codeOf))].join(', ');
  const cause =
    errors.length === 1 ? errors[0] : new AggregateError(errors, `no address of ${where} took a connection`);
  return new TransportFailure('connect', `no connection to ${where} (${codes})`, cause);
}

/** What went wrong on a connected socket before it was ready. */
export function handshakeFailure(where: string, phase: ConnectPhase, error: Error): TransportFailure {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (phase !== 'tls') return connectFailure(where, [error]);
  if (code !== undefined && NOT_TLS.has(code)) {
    return new TransportFailure('not-http', `${where} does not speak TLS; use http://`, error);
  }
  // A socket error has a system call or is a close; everything else is OpenSSL's or the certificate check's.
  if (syscall !== undefined || code === 'ECONNRESET') {
    return new TransportFailure('connect', `${where} ended the connection during the TLS handshake (${code})`, error);
  }
  return new TransportFailure('tls', `no trusted TLS connection to ${where} (${code ?? error.message})`, error);
}

/**
 * Whether an error on an open TLS connection says that the server refuses *us*: in TLS 1.3 it tells so of a client certificate only after
 * our side of the handshake is done (RFC 8446 4.4.2.4), and has looked at nothing that came behind it.
 */
export function isTlsRefusal(error: unknown): boolean {
  return /^ERR_SSL_\w+_ALERT_(CERTIFICATE|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE_FAILURE)/.test(
    codeOf(error),
  );
}

/** What an error means that {@link isTlsRefusal}. */
export function refusedByTls(error: Error): TransportFailure {
  return new TransportFailure(
    'tls',
    `the server refused the client's certificate, or wants one (${codeOf(error)})`,
    error,
  );
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
