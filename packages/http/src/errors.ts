import { SluiceError } from '@sluice/core';
import type { StatusClass } from './classify-status.ts';
import type { Evidence, EvidenceRecord, Phase } from './evidence.ts';
import type { Reply } from './reply.ts';

/**
 * What a failure means for the item: `connect` was certainly not sent, `in-doubt` was sent and has no whole response, `timeout` is a
 * deadline of ours, `limit` another bound of ours, `integrity` a body that is not whole, `protocol` something that is not HTTP,
 * `policy` what we refuse, `input` a mistake of the caller's, `step` code of the caller's that threw, `local` our own side running out,
 * `internal` a bug of ours.
 */
export type FailureClass =
  | 'dns'
  | 'connect'
  | 'tls'
  | 'in-doubt'
  | 'timeout'
  | 'limit'
  | 'integrity'
  | 'protocol'
  | 'policy'
  | 'client'
  | 'input'
  | 'step'
  | 'local'
  | 'internal';

/** Every code of an {@link HttpError}, its class and its meaning. A code says its class: the table is the contract. */
export const HTTP_ERRORS = {
  SLUICE_HTTP_DNS_NOT_FOUND: { class: 'dns', meaning: 'the host name does not exist or has no address' },
  SLUICE_HTTP_DNS_FAILED: { class: 'dns', meaning: 'the name servers gave no answer just now; `temporary` is true' },
  SLUICE_HTTP_DNS_TIMEOUT: {
    class: 'dns',
    meaning: 'the name was not looked up within the dns timeout; `temporary` is true',
  },
  SLUICE_HTTP_CONNECT: { class: 'connect', meaning: 'refused, unreachable, or closed before a byte was sent' },
  SLUICE_HTTP_CONNECT_TIMEOUT: {
    class: 'connect',
    meaning: 'no connection within the connect timeout, or no TLS handshake within the tls timeout',
  },
  SLUICE_HTTP_TLS: { class: 'tls', meaning: 'the certificate, its name or the TLS version was refused' },
  SLUICE_HTTP_CLOSED: { class: 'in-doubt', meaning: 'the server closed the connection before a whole response head' },
  SLUICE_HTTP_RESET: { class: 'in-doubt', meaning: 'the connection was reset before a whole response head' },
  SLUICE_HTTP_TIMEOUT: { class: 'timeout', meaning: 'the deadline of the whole request passed' },
  SLUICE_HTTP_HEADERS_TIMEOUT: {
    class: 'timeout',
    meaning: 'no response head in time; informational responses do not extend it',
  },
  SLUICE_HTTP_IDLE_TIMEOUT: { class: 'timeout', meaning: 'the body stood still for too long' },
  SLUICE_HTTP_TOO_SLOW: { class: 'timeout', meaning: 'the body came slower than the minimum speed' },
  SLUICE_HTTP_BODY_TOO_LARGE: {
    class: 'limit',
    meaning: 'the body is larger than `maxBodyBytes`, on the wire or decoded',
  },
  SLUICE_HTTP_RATIO: { class: 'limit', meaning: 'the body decodes to more than `maxRatio` times its size' },
  SLUICE_HTTP_HEADERS_TOO_LARGE: { class: 'limit', meaning: 'the response head is larger than `maxHeaderBytes`' },
  SLUICE_HTTP_FRAMING_TOO_LARGE: { class: 'limit', meaning: 'far more chunk framing than content' },
  SLUICE_HTTP_TOO_MANY_INFORMATIONAL: { class: 'limit', meaning: 'more than `maxInformational` 1xx responses' },
  SLUICE_HTTP_TOO_MANY_CODINGS: { class: 'limit', meaning: 'more than two content codings on one body' },
  SLUICE_HTTP_TOO_MANY_REDIRECTS: { class: 'limit', meaning: 'more than `maxRedirects` redirects' },
  SLUICE_HTTP_REDIRECT_LOOP: { class: 'limit', meaning: 'a redirect leads to a request that was already made' },
  SLUICE_HTTP_TRUNCATED: { class: 'integrity', meaning: 'the body ended before its end' },
  SLUICE_HTTP_UNDECODABLE: { class: 'integrity', meaning: 'the body is not what its content-encoding says' },
  SLUICE_HTTP_UNKNOWN_CODING: {
    class: 'integrity',
    meaning: 'a content-encoding that was not asked for and cannot be decoded',
  },
  SLUICE_HTTP_BAD_JSON: { class: 'integrity', meaning: '`reply.json()` on a body that is not JSON' },
  SLUICE_HTTP_SCHEMA: { class: 'integrity', meaning: '`reply.json({ schema })` on a body that its schema refuses' },
  SLUICE_HTTP_MALFORMED: { class: 'protocol', meaning: 'a response that breaks the rules of its version of HTTP' },
  SLUICE_HTTP_NOT_HTTP: { class: 'protocol', meaning: 'the server speaks something else on this port' },
  SLUICE_HTTP_NOT_TLS: { class: 'protocol', meaning: 'an https URL leads to a port that does not speak TLS' },
  SLUICE_HTTP_UPGRADE: { class: 'protocol', meaning: 'a 101 response that nobody asked for' },
  SLUICE_HTTP_UNSUPPORTED_SCHEME: { class: 'policy', meaning: 'a URL, or a redirect, that is neither http nor https' },
  SLUICE_HTTP_REDIRECT_REFUSED: { class: 'policy', meaning: "a redirect under `redirect: 'error'`" },
  SLUICE_HTTP_ADDRESS_REFUSED: {
    class: 'policy',
    meaning: 'every address of the host is private, or otherwise not public, and `allowPrivate` does not allow it',
  },
  SLUICE_HTTP_PROXY_AUTH: { class: 'client', meaning: 'the proxy does not accept the user and password for it (407)' },
  SLUICE_HTTP_PROXY_REFUSED: { class: 'client', meaning: 'the proxy refuses a tunnel to the host' },
  SLUICE_HTTP_BODY_SPENT: {
    class: 'client',
    meaning: 'a redirect that asks for the body again, which was a stream and is gone',
  },
  SLUICE_HTTP_BAD_LOCATION: { class: 'client', meaning: 'a redirect whose Location is no URL' },
  SLUICE_HTTP_BAD_URL: { class: 'input', meaning: 'the URL cannot be used' },
  SLUICE_HTTP_BAD_METHOD: { class: 'input', meaning: 'the method is no HTTP token, or CONNECT or TRACE' },
  SLUICE_HTTP_BAD_HEADER: {
    class: 'input',
    meaning: 'a request header has an impossible name or value, or is managed by the session',
  },
  SLUICE_HTTP_BAD_BODY: {
    class: 'input',
    meaning:
      'the value given as `json` cannot be written as JSON, or a streamed body failed or was not as long as it said',
  },
  SLUICE_HTTP_HOOK: { class: 'step', meaning: 'a hook of the session threw; what it threw is the cause' },
  SLUICE_HTTP_EXHAUSTED: { class: 'local', meaning: 'this machine ran out of descriptors, ports or memory' },
  SLUICE_HTTP_FILE: { class: 'local', meaning: 'a downloaded file could not be written' },
  SLUICE_HTTP_SESSION_CLOSED: { class: 'local', meaning: 'the session was closed under the request' },
  SLUICE_HTTP_INTERNAL: { class: 'internal', meaning: 'a bug of ours: please report it with its cause' },
} as const;

/** A code of {@link HTTP_ERRORS}. */
export type HttpErrorCode = keyof typeof HTTP_ERRORS;

/** What an {@link HttpError} is made with besides its code and message. */
export interface HttpErrorOptions {
  readonly evidence: EvidenceRecord;
  readonly cause?: unknown;
  readonly temporary?: boolean;
}

/**
 * A request that has no verified reply. `class` says what it means, `code` (see {@link HTTP_ERRORS}) what happened, `evidence` how far it came.
 *
 * @example
 * try { await session.get(url); } catch (error) {
 *   if (error instanceof HttpError && error.class === 'connect') console.error('certainly not sent:', error.message);
 * }
 */
export class HttpError extends SluiceError {
  declare readonly code: HttpErrorCode;
  readonly class: FailureClass;
  readonly phase: Phase;
  readonly evidence: Evidence;
  /** True for a failed lookup that may succeed in a moment (class `dns`). */
  readonly temporary: boolean;

  constructor(code: HttpErrorCode, message: string, options: HttpErrorOptions) {
    super(`${options.evidence.method} ${options.evidence.url}: ${message}`, {
      code,
      ...('cause' in options ? { cause: options.cause } : {}),
    });
    this.class = HTTP_ERRORS[code].class;
    this.evidence = options.evidence.finish(code);
    this.phase = options.evidence.phase;
    this.temporary = options.temporary ?? false;
  }
}

/** `reply.requireOk()` on a reply that is not 2xx. The reply is complete and at hand. Code `SLUICE_HTTP_STATUS`. */
export class HttpStatusError extends SluiceError {
  readonly class: Exclude<StatusClass, 'ok'>;
  readonly status: number;
  readonly reply: Reply;
  readonly evidence: Evidence;

  constructor(reply: Reply, statusClass: Exclude<StatusClass, 'ok'>) {
    super(`${reply.evidence.method} ${reply.url}: the server answered ${reply.status}`, { code: 'SLUICE_HTTP_STATUS' });
    this.class = statusClass;
    this.status = reply.status;
    this.reply = reply;
    this.evidence = reply.evidence;
  }
}
