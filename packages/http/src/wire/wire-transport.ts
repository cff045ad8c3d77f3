import { AsyncLocalStorage } from 'node:async_hooks';
import type { Socket } from 'node:net';
import { Dialer } from '../dial/dialer.ts';
import type { Call, OriginStats, Transport, TransportHandler, TransportRequest } from '../transport/transport.ts';
import { TransportFailure } from '../transport/transport-failure.ts';
import { IdleTimer } from './idle-timer.ts';
import { LoopHold } from './loop-hold.ts';
import { WireCall } from './wire-call.ts';
import { type OriginOwner, WireOrigin } from './wire-origin.ts';
import { WriteBatch } from './write-batch.ts';

/** How connections are made and kept. */
export interface WireTransportOptions {
  readonly maxConnectionsPerOrigin: number;
  /** How long an unused connection is kept; a server's `Keep-Alive: timeout` shortens it. */
  readonly keepAliveMs: number;
  /** Makes the connections; default one without special options. */
  readonly dialer?: Dialer;
}

/** HTTP/1.1 over our own wire: `net` and `tls` sockets, a strict parser (RFC 9112), a free list of connections for each origin. */
export class WireTransport implements Transport, OriginOwner {
  readonly dialer: Dialer;
  readonly keepAliveMs: number;
  readonly maxConnectionsPerOrigin: number;
  readonly #origins: Map<string, WireOrigin> = new Map();
  readonly #context: <R>(fn: () => R) => R = AsyncLocalStorage.snapshot();
  readonly writes: WriteBatch = new WriteBatch(this.#context);
  readonly #idle = new IdleTimer((nowMs) => this.#closeExpired(nowMs));
  readonly #hold = new LoopHold();
  readonly #onCallOver = (): void => this.#hold.release();
  #isClosed = false;

  constructor(options: WireTransportOptions) {
    this.dialer = options.dialer ?? new Dialer();
    this.keepAliveMs = options.keepAliveMs;
    this.maxConnectionsPerOrigin = options.maxConnectionsPerOrigin;
  }

  dispatch(request: TransportRequest, handler: TransportHandler): Call {
    const origin = this.#origins.get(request.origin) ?? new WireOrigin(request.origin, this);
    this.#hold.acquire();
    const call = new WireCall(request, handler, origin, this.#onCallOver);
    if (this.#isClosed) call.abort(new TransportFailure('shut', 'the transport was closed'));
    else origin.place(call);
    return call;
  }

  stats(): Record<string, OriginStats> {
    return Object.fromEntries([...this.#origins].map(([name, origin]) => [name, origin.stats()]));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const sockets = [...this.#origins.values()].flatMap((origin) => origin.close());
    this.#idle.close();
    await Promise.all(sockets.map(untilClosed));
    this.#hold.close();
  }

  inContext<R>(fn: () => R): R {
    return this.#context(fn);
  }

  onFreeUntil(moment: number): void {
    this.#idle.at(moment);
  }

  onInUse(origin: WireOrigin): void {
    this.#origins.set(origin.name, origin);
  }

  onEmpty(origin: WireOrigin): void {
    this.#origins.delete(origin.name);
  }

  #closeExpired(nowMs: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const origin of [...this.#origins.values()]) next = Math.min(next, origin.closeExpired(nowMs));
    return next;
  }
}

function untilClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
}
