import { AsyncLocalStorage } from 'node:async_hooks';
import type { Dialer } from '../dial/dialer.ts';
import type { Call, OriginStats, Transport, TransportHandler, TransportRequest } from '../transport/transport.ts';
import { TransportFailure } from '../transport/transport-failure.ts';
import { Http2Call } from './http2-call.ts';
import { type Http2Ground, Http2Origin } from './http2-origin.ts';

/** How HTTP/2 is spoken, and what is done where it is not. */
export interface Http2TransportOptions {
  readonly dialer: Dialer;
  readonly keepAliveMs: number;
  /** The most requests under way at once with one origin; a server may allow fewer. */
  readonly maxStreams: number;
  /** How long a connection may be silent while answers are expected before it is asked for a sign of life. Default 10 s. */
  readonly beatMs?: number;
  /** Which origins are asked for HTTP/2. */
  readonly wants: (origin: string) => boolean;
  /** Takes what goes over HTTP/1.1; closed with this one. */
  readonly fallback: Transport;
}

/** Origins that are known to have no HTTP/2; the oldest are asked again. */
const MAX_HTTP1_ORIGINS = 10_000;

/** HTTP/2 by node:http2, many exchanges over one connection, with origins that want it and servers that have it (ALPN); else HTTP/1.1. */
export class Http2Transport implements Transport, Http2Ground {
  readonly dialer: Dialer;
  readonly keepAliveMs: number;
  readonly maxStreams: number;
  readonly beatMs: number;
  readonly #wants: (origin: string) => boolean;
  readonly #fallback: Transport;
  readonly #origins: Map<string, Http2Origin> = new Map();
  readonly #http1: Set<string> = new Set();
  readonly #context: <R>(fn: () => R) => R = AsyncLocalStorage.snapshot();
  #isClosed = false;

  constructor(options: Http2TransportOptions) {
    this.dialer = options.dialer;
    this.keepAliveMs = options.keepAliveMs;
    this.maxStreams = options.maxStreams;
    this.beatMs = options.beatMs ?? 10_000;
    this.#wants = options.wants;
    this.#fallback = options.fallback;
  }

  dispatch(request: TransportRequest, handler: TransportHandler): Call {
    const { origin: name } = request;
    if (this.#isClosed || !name.startsWith('https:') || this.#http1.has(name) || !this.#asks(name)) {
      return this.#fallback.dispatch(request, handler);
    }
    const origin = this.#origins.get(name) ?? new Http2Origin(name, this);
    this.#origins.set(name, origin);
    const call = new Http2Call(request, handler, origin);
    origin.place(call);
    return call;
  }

  #asks(name: string): boolean {
    return this.#origins.has(name) || this.#wants(name);
  }

  sendOverHttp1(call: Http2Call): Call {
    return this.#fallback.dispatch(call.request, call.handler);
  }

  inContext<R>(fn: () => R): R {
    return this.#context(fn);
  }

  onHttp1(origin: Http2Origin): void {
    this.#origins.delete(origin.name);
    if (this.#http1.size >= MAX_HTTP1_ORIGINS) this.#http1.delete(this.#http1.values().next().value!);
    this.#http1.add(origin.name);
  }

  onEmpty(origin: Http2Origin): void {
    this.#origins.delete(origin.name);
  }

  stats(): Record<string, OriginStats> {
    const stats = this.#fallback.stats();
    for (const [name, origin] of this.#origins) {
      const { open, inFlight, waiting } = origin.stats();
      const other = stats[name] ?? { open: 0, inFlight: 0, waiting: 0 };
      stats[name] = {
        open: open + other.open,
        inFlight: inFlight + other.inFlight,
        waiting: waiting + other.waiting,
      };
    }
    return stats;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const reason = new TransportFailure('shut', 'the transport was closed');
    await Promise.all([...this.#origins.values()].map((origin) => origin.close(reason)));
    await this.#fallback.close();
  }
}
