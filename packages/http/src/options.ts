import { type Duration, parseDuration, UsageError } from '@sluice/core';
import type { CookieJar } from 'tough-cookie';
import type { DecodeFunction } from './decode-body.ts';
import type { AddressPolicy } from './dial/address-policy.ts';
import type { Lookup } from './dial/lookup.ts';
import type { ProxyOptions } from './dial/proxy-table.ts';
import type { Evidence } from './evidence.ts';
import type { AttemptHooks } from './hooks/attempt-hooks.ts';
import type { Transport } from './transport/transport.ts';
import type { MultipartFields } from './upload/multipart.ts';
import type { UploadInput } from './upload/upload.ts';

/** Bounds of a request. Every one can be set for a session and for one request. */
export interface LimitOptions {
  /** The whole request, redirects and retries of ours included; nothing extends it. Default 120 s. */
  readonly timeout?: Duration;
  readonly timeouts?: {
    /** Name lookup. Default 5 s. */
    readonly dns?: Duration;
    /** Connecting, to whichever address of the host answers, and the proxy's answer to CONNECT. Default 10 s. */
    readonly connect?: Duration;
    /** TLS handshake. Default 10 s. */
    readonly tls?: Duration;
    /** From the request's last byte to the final response head, however many 1xx responses come. Default 30 s. */
    readonly headers?: Duration;
    /** Between two pieces of the body. Default 30 s. */
    readonly idle?: Duration;
  };
  /** The slowest body that is waited for, measured over windows of `over`. Default 100 B/s over 30 s; 0 B/s turns it off. */
  readonly minSpeed?: { readonly bytesPerSecond?: number; readonly over?: Duration };
  /** The largest body, on the wire and decoded. Default 64 MiB. */
  readonly maxBodyBytes?: number;
  /** The most that a body may grow by decoding, once it is larger than 1 MiB. Default 200. */
  readonly maxRatio?: number;
  /** Default 10. */
  readonly maxRedirects?: number;
  /** The largest response head. Default 64 KiB, at most 1 MiB. */
  readonly maxHeaderBytes?: number;
  /** The most 1xx responses before the real one. Default 20. */
  readonly maxInformational?: number;
}

/** Options that a session and a single request share. A request's own value wins; headers are merged by name. */
export interface SharedOptions extends LimitOptions {
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** What to do with 301, 302, 303, 307 and 308: `follow` (default), `manual` (they are replies), `error`. */
  readonly redirect?: 'follow' | 'manual' | 'error';
  /** Sent as `Authorization: Bearer …`; dropped when a redirect leaves the origin. */
  readonly bearer?: string;
  /** Sent as `Authorization: Basic …`; dropped when a redirect leaves the origin. */
  readonly auth?: { readonly user: string; readonly password: string };
  /** Ask for compressed bodies and decode them. Default true; false gives bodies as they come. */
  readonly decode?: boolean;
}

/** Options of one request. At most one of `body`, `json`, `form` and `multipart`. */
export interface RequestOptions extends SharedOptions {
  /** Added to the URL's own query. An array repeats its name; undefined leaves it out. */
  readonly query?: Readonly<
    Record<string, string | number | boolean | readonly (string | number | boolean)[] | undefined>
  >;
  /**
   * Text is sent as UTF-8 with `content-type: text/plain`, unless a header says otherwise. A stream, an async iterable, a Blob or
   * `await fromFile(path)` is sent as it comes, as fast as the connection takes it, with a Content-Length where the length is known.
   */
  readonly body?: string | Uint8Array | UploadInput;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as `application/x-www-form-urlencoded`. */
  readonly form?: Readonly<Record<string, string | number | boolean>>;
  /** Sent as `multipart/form-data`, files among its values: `await fromFile(path)`, or `{ data, filename, contentType }`. */
  readonly multipart?: MultipartFields;
  /** The URL was found in a document, not given by a person: `allowPrivate: 'typed'` then allows public addresses only. */
  readonly discovered?: boolean;
  /** Sent as `If-None-Match`: the ETag, or the ETags, that the caller has, quotes included, or `*`. A 304 is then ok. */
  readonly ifNoneMatch?: string | readonly string[];
  /** Sent as `If-Modified-Since`: a date, or a `Last-Modified` as it came. A 304 is then ok. */
  readonly ifModifiedSince?: Date | string;
  /** Sent as `Idempotency-Key`. */
  readonly idempotencyKey?: string;
  /**
   * Called once, before anything happens, with the evidence that the request will fill in as it goes on: the way to know how far a request
   * came that was cancelled.
   */
  readonly onEvidence?: (live: Evidence) => void;
}

/** Options of a request whose body is read piece by piece. */
export interface StreamOptions extends RequestOptions {
  /** Default `GET`. */
  readonly method?: string;
}

/** Options of a session. */
export interface SessionOptions extends SharedOptions {
  /** What relative URLs are resolved against. */
  readonly baseUrl?: string | URL;
  /** Default `sluice/<version>`. */
  readonly userAgent?: string;
  /** Requests beyond it wait for a connection, first come, first served. Default 256. */
  readonly maxConnectionsPerOrigin?: number;
  /** How long an unused connection is kept: below the 5 s of most servers, so that they do not close it under a request. A server's `Keep-Alive: timeout` shortens it. Default 4000 ms. */
  readonly keepAliveMs?: number;
  readonly tls?: TlsOptions;
  /**
   * Keep cookies and send them where they belong, across redirects and origins: `true` for a jar of its own, or a jar of `tough-cookie`
   * with a store that answers at once, as its MemoryCookieStore does. Default: none are kept.
   */
  readonly cookies?: boolean | CookieJar;
  /**
   * Whether connections may be made to addresses that are not public (loopback, private, link-local and cloud metadata, shared, multicast,
   * and IPv6 forms of them). It is checked on the resolved address, when a connection is made, on every hop. `typed`, the default: for the
   * origin that was asked for, and redirects that stay in it; not for redirects to other origins, nor for requests that are `discovered`. A
   * function decides about each such address. A custom `transport` has to see to it itself.
   */
  readonly allowPrivate?: 'typed' | AddressPolicy;
  /** Finds the addresses of host names; default the system's lookup. */
  readonly lookup?: Lookup;
  /**
   * The proxy to go through: a URL (`http://user:password@proxy:3128`), options, `env:NAME` for a URL in an environment variable, or `env`
   * for `http_proxy`, `https_proxy` and `no_proxy`. Default none: the environment is not read unasked.
   */
  readonly proxy?: string | URL | ProxyOptions;
  /**
   * What sends requests and reads responses: `wire`, our own HTTP/1.1 (default), `undici`, or a transport of yours, which the session
   * closes.
   */
  readonly transport?: 'wire' | 'undici' | Transport;
  /**
   * Ask https servers for HTTP/2 (ALPN): all of them, or those origins (`https://host:port`) for which the function says so. A server that
   * has it gets many requests at once over one connection, at most `maxConnectionsPerOrigin` and at most as many as it takes; with the others
   * it is HTTP/1.1. Default false.
   */
  readonly http2?: boolean | ((origin: string) => boolean);
  /** Functions that are called before and after each attempt of each request. */
  readonly hooks?: AttemptHooks;
  /** Undoes content codings; default node:zlib on libuv's thread pool. */
  readonly decodeWith?: DecodeFunction;
}

/** How servers are trusted, and how we show ourselves to them. */
export interface TlsOptions {
  /** Certificates (PEM) that are trusted instead of the usual ones. */
  readonly ca?: string | readonly string[];
  /** Default true. False accepts any certificate: only for tests. */
  readonly rejectUnauthorized?: boolean;
  /** Our own certificate (PEM, with its chain) and its key, for servers that ask for one. */
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  /** Opens the key. */
  readonly passphrase?: string;
  /** Default TLSv1.2. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** The server name to ask for and to find in the certificate, instead of the URL's host. */
  readonly servername?: string;
}

/** {@link LimitOptions} with every default filled in; times in milliseconds. */
export interface Limits {
  readonly timeoutMs: number;
  readonly dnsMs: number;
  readonly connectMs: number;
  readonly tlsMs: number;
  readonly headersMs: number;
  readonly idleMs: number;
  readonly minBytesPerSecond: number;
  readonly minSpeedOverMs: number;
  readonly maxBodyBytes: number;
  readonly maxRatio: number;
  readonly maxRedirects: number;
  readonly maxHeaderBytes: number;
  readonly maxInformational: number;
}

/** The limits of a session that sets none. */
export const DEFAULT_LIMITS: Limits = {
  timeoutMs: 120_000,
  dnsMs: 5000,
  connectMs: 10_000,
  tlsMs: 10_000,
  headersMs: 30_000,
  idleMs: 30_000,
  minBytesPerSecond: 100,
  minSpeedOverMs: 30_000,
  maxBodyBytes: 64 * 1024 * 1024,
  maxRatio: 200,
  maxRedirects: 10,
  maxHeaderBytes: 64 * 1024,
  maxInformational: 20,
};

/**
 * `options` over `defaults`.
 *
 * @throws UsageError for a limit that is no number or negative.
 */
export function resolveLimits(options: LimitOptions, defaults: Limits): Limits {
  if (setsNone(options)) return defaults;
  const { timeout, timeouts, minSpeed } = options;
  const limits: Limits = {
    timeoutMs: durationMs(timeout, defaults.timeoutMs),
    dnsMs: durationMs(timeouts?.dns, defaults.dnsMs),
    connectMs: durationMs(timeouts?.connect, defaults.connectMs),
    tlsMs: durationMs(timeouts?.tls, defaults.tlsMs),
    headersMs: durationMs(timeouts?.headers, defaults.headersMs),
    idleMs: durationMs(timeouts?.idle, defaults.idleMs),
    minBytesPerSecond: minSpeed?.bytesPerSecond ?? defaults.minBytesPerSecond,
    minSpeedOverMs: durationMs(minSpeed?.over, defaults.minSpeedOverMs),
    maxBodyBytes: options.maxBodyBytes ?? defaults.maxBodyBytes,
    maxRatio: options.maxRatio ?? defaults.maxRatio,
    maxRedirects: options.maxRedirects ?? defaults.maxRedirects,
    maxHeaderBytes: Math.min(options.maxHeaderBytes ?? defaults.maxHeaderBytes, 1024 * 1024),
    maxInformational: options.maxInformational ?? defaults.maxInformational,
  };
  for (const [name, value] of Object.entries(limits)) {
    if (!(value >= 0)) throw new UsageError(`${name} must be a number, 0 or more, not ${String(value)}`);
  }
  return limits;
}

/** Most requests go by the limits of their session. */
function setsNone(options: LimitOptions): boolean {
  return (
    options.timeout === undefined &&
    options.timeouts === undefined &&
    options.minSpeed === undefined &&
    options.maxBodyBytes === undefined &&
    options.maxRatio === undefined &&
    options.maxRedirects === undefined &&
    options.maxHeaderBytes === undefined &&
    options.maxInformational === undefined
  );
}

function durationMs(duration: Duration | undefined, defaultMs: number): number {
  return duration === undefined ? defaultMs : parseDuration(duration);
}
