/** Where a lab listens; all are URLs without a slash at the end. */
export interface HostileAddresses {
  /** The lab itself. */
  readonly lab: string;
  readonly labPort: number;
  /** The same routes on another port: a service that only this machine should reach. */
  readonly inner: string;
  /** Nobody listens there. */
  readonly refused: string;
  readonly resetOnAccept: string;
  readonly bannerFirst: string;
  /** `http:` on a port that speaks TLS. */
  readonly httpOnTlsPort: string;
  /** `https:` on the lab's own port, which speaks plain HTTP. */
  readonly tlsOnHttpPort: string;
  /** The lab's routes over TLS, with a certificate of the lab's own authority. */
  readonly tls: string;
  readonly selfSigned: string;
  readonly expired: string;
  readonly wrongName: string;
  /** TLS 1.1 at most. */
  readonly oldTls: string;
  readonly handshakeHang: string;
  /** The lab's routes over HTTP/2, or HTTP/1.1 for who does not speak it. */
  readonly http2: string;
  readonly goaway: string;
  readonly refusedStream: string;
  readonly resetStream: string;
  /** An HTTP proxy that refuses some names. */
  readonly proxy: string;
}

/** How a client has to be set up for a behaviour to show; no case needs more than one. */
export type HostileNeed =
  /** It trusts the lab's authority. */
  | 'ca'
  /** It looks names up with `labLookup`. */
  | 'lookup'
  /** It speaks HTTP/2, and trusts the lab's authority. */
  | 'http2'
  /** It goes through the lab's proxy, and trusts the lab's authority. */
  | 'proxy'
  /** It asks twice over one connection. */
  | 'twice'
  /** It looks at the status and leaves the body unread. */
  | 'unread'
  /** It sends `Authorization`. */
  | 'authorization'
  /** It reads the body as JSON. */
  | 'json'
  /** It has a limit of its own on what it may open. */
  | 'few-descriptors';

/** One thing that servers, names or networks do. */
export interface HostileCase {
  /** Its number in docs/guide/http.md; a letter tells variants apart, `A` and `B` go on where the numbers end. */
  readonly number: string;
  /** Unique, in kebab-case. */
  readonly name: string;
  /** What it does, in half a sentence. */
  readonly does: string;
  /** What a good client makes of it. */
  readonly good: string;
  /** The class of the outcome; more than one where the kernel decides how far the request came. */
  readonly expected: readonly HostileClass[];
  readonly needs?: HostileNeed;
  readonly url: (at: HostileAddresses) => string;
}

/** The classes that outcomes have; `ok`, or why not. */
export type HostileClass =
  | 'ok'
  | 'throttled'
  | 'server'
  | 'client'
  | 'dns'
  | 'connect'
  | 'tls'
  | 'in-doubt'
  | 'timeout'
  | 'limit'
  | 'integrity'
  | 'protocol'
  | 'policy'
  | 'local';

/** Shortens a case that is a path of the lab. */
export function onLab(path: string): (at: HostileAddresses) => string {
  return (at) => at.lab + path;
}

/** Shortens a case of `/wire/:case`. */
export function onWire(name: string): (at: HostileAddresses) => string {
  return onLab(`/wire/${name}`);
}
