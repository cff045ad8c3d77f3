/**
 * What happened on the wire, without a judgement of what it means: `lookup`, `connect` and `tls` while connecting; `closed` (FIN) and
 * `reset` (any other socket error) before the response's end; `truncated`, the body ended before its framing said; `malformed`, bytes that
 * break the rules of HTTP; `not-http`, another protocol; `upgrade`, an unasked 101; `headers-overflow` and `framing-overflow`, more than the bounds; `request-body`, the request's own body failed or was not as long as it said; `address-refused`,
 * no address of the host may be connected to; `proxy-auth` and `proxy-refused`, the proxy opens no tunnel; `shut`, the transport was closed.
 */
export type TransportFailureKind =
  | 'lookup'
  | 'connect'
  | 'tls'
  | 'closed'
  | 'reset'
  | 'truncated'
  | 'malformed'
  | 'not-http'
  | 'upgrade'
  | 'headers-overflow'
  | 'framing-overflow'
  | 'request-body'
  | 'address-refused'
  | 'proxy-auth'
  | 'proxy-refused'
  | 'shut';

/** The error that a transport ends an exchange with. `message` completes "the request failed: …". */
export class TransportFailure extends Error {
  readonly kind: TransportFailureKind;

  constructor(kind: TransportFailureKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
  }
}
