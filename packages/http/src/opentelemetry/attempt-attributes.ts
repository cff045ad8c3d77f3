import type { Attributes } from '@opentelemetry/api';
import type { Attempt } from '../hooks/attempt.ts';

/** Methods that go into telemetry as they are (RFC 9110 9, RFC 5789, and QUERY); others are `_OTHER`, so that nobody makes up thousands. */
const KNOWN_METHODS: ReadonlySet<string> = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'QUERY',
  'TRACE',
]);
const OTHER = '_OTHER';
/** Query parameters that sign a request: whoever reads one can make it too. */
const SIGNATURES =
  /([?&](?:AWSAccessKeyId|Signature|sig|X-Goog-Signature|X-Amz-Signature|X-Amz-Security-Token)=)[^&#]*/g;

/** What a span is named after: never the URL, of which there are too many. */
export function spanName({ method }: Attempt): string {
  return KNOWN_METHODS.has(method) ? method : 'HTTP';
}

/** What spans and metrics share and is known before the request is sent. */
export function requestAttributes({ method, url }: Attempt): Attributes {
  const { hostname, port, protocol } = new URL(url);
  return {
    'http.request.method': KNOWN_METHODS.has(method) ? method : OTHER,
    'server.address': hostname.replace(/^\[|\]$/g, ''),
    'server.port': port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
  };
}

/** What only the span has: no metric could bear so many values. */
export function spanAttributes(attempt: Attempt): Attributes {
  const { method, resendCount, url } = attempt;
  return {
    'url.full': url.replace(SIGNATURES, '$1REDACTED'),
    ...(KNOWN_METHODS.has(method) ? {} : { 'http.request.method_original': method }),
    ...(resendCount > 0 ? { 'http.request.resend_count': resendCount } : {}),
  };
}

/** What spans and metrics share and is known when the attempt is over. */
export function outcomeAttributes(attempt: Attempt): Attributes {
  const { status } = attempt;
  const { httpVersion } = attempt.evidence;
  const error = errorType(attempt);
  return {
    ...(status === undefined ? {} : { 'http.response.status_code': status }),
    ...(httpVersion === undefined ? {} : { 'network.protocol.version': httpVersion }),
    ...(error === undefined ? {} : { 'error.type': error }),
  };
}

/** Whom the request went to: the proxy, if it went through one. */
export function peerAttributes({ evidence: { address } }: Attempt): Attributes {
  const peer = /^\[?(.*?)\]?:(\d+)$/.exec(address ?? '');
  return peer === null ? {} : { 'network.peer.address': peer[1]!, 'network.peer.port': Number(peer[2]) };
}

/** The code of what failed, or a status that is an error for a client; undefined when all is well. */
export function errorType({ error, status }: Attempt): string | undefined {
  if (status !== undefined) return status >= 400 ? String(status) : undefined;
  if (!(error instanceof Error)) return OTHER;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
