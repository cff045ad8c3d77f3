/**
 * What happened on the wire, without a judgement of what it means: `lookup`, `connect` and `tls` while connecting; `closed` (FIN) and
 * `reset` (any other socket error) before the response's end; `truncated`, the body ended before its framing said; `malformed`, bytes that
 * break the rules of HTTP/1.1; `not-http`, another protocol; `upgrade`, an unasked 101; `headers-overflow` and `framing-overflow`, more than the bounds; `shut`, the transport was closed.
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
  | 'shut';

/** The error that a transport ends an exchange with. `message` completes "the request failed: …". */
export class TransportFailure extends Error {
  readonly kind: TransportFailureKind;

  constructor(kind: TransportFailureKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
  }
}
