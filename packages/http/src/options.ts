import { type Duration, parseDuration, UsageError } from '@sluice/core';
import type { DecodeFunction } from './decode-body.ts';
import type { Evidence } from './evidence.ts';
import type { Transport } from './transport/transport.ts';

/** Bounds of a request. Every one can be set for a session and for one request. */
export interface LimitOptions {
  /** The whole request, redirects and retries of ours included; nothing extends it. Default 120 s. */
  readonly timeout?: Duration;
  readonly timeouts?: {
    /** Name lookup, connecting and TLS handshake together. Default 10 s. */
    readonly connect?: Duration;
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

/** Options of one request. At most one of `body`, `json` and `form`. */
export interface RequestOptions extends SharedOptions {
  /** Added to the URL's own query. An array repeats its name; undefined leaves it out. */
  readonly query?: Readonly<
    Record<string, string | number | boolean | readonly (string | number | boolean)[] | undefined>
  >;
  /** Text is sent as UTF-8 with `content-type: text/plain`, unless a header says otherwise. */
  readonly body?: string | Uint8Array;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as `application/x-www-form-urlencoded`. */
  readonly form?: Readonly<Record<string, string | number | boolean>>;
  /** Sent as `Idempotency-Key`. */
  readonly idempotencyKey?: string;
  /**
   * Called once, before anything happens, with the evidence that the request will fill in as it goes on: the way to know how far a request
   * came that was cancelled.
   */
  readonly onEvidence?: (live: Evidence) => void;
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
  /** The wire. Default: undici. The session closes it. */
  readonly transport?: Transport;
  /** Undoes content codings; default node:zlib on libuv's thread pool. */
  readonly decodeWith?: DecodeFunction;
}

/** How servers are trusted. */
export interface TlsOptions {
  /** Certificates (PEM) that are trusted instead of the usual ones. */
  readonly ca?: string | readonly string[];
  /** Default true. False accepts any certificate: only for tests. */
  readonly rejectUnauthorized?: boolean;
}

/** {@link LimitOptions} with every default filled in; times in milliseconds. */
export interface Limits {
  readonly timeoutMs: number;
  readonly connectMs: number;
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
  connectMs: 10_000,
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
  const { timeout, timeouts, minSpeed } = options;
  const limits: Limits = {
    timeoutMs: durationMs(timeout, defaults.timeoutMs),
    connectMs: durationMs(timeouts?.connect, defaults.connectMs),
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

function durationMs(duration: Duration | undefined, defaultMs: number): number {
  return duration === undefined ? defaultMs : parseDuration(duration);
}
