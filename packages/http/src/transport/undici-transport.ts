import { AsyncLocalStorage } from 'node:async_hooks';
import type { Socket } from 'node:net';
import { Dialer } from '../dial/dialer.ts';
import type { Endpoint } from '../dial/dialing.ts';
import { routeOf } from '../dial/proxy-table.ts';
import { OriginPool } from './origin-pool.ts';
import type { Call, OriginStats, Transport, TransportHandler, TransportRequest } from './transport.ts';
import { TransportFailure } from './transport-failure.ts';
import { type CallHost, UndiciCall } from './undici-call.ts';
import { type ConnectionOwner, UndiciConnection } from './undici-connection.ts';

/** How connections are made and kept. */
export interface UndiciTransportOptions {
  readonly maxConnectionsPerOrigin: number;
  readonly keepAliveMs: number;
  /** Makes the connections; default one without special options. */
  readonly dialer?: Dialer;
}

/** HTTP/1.1 over undici's `Client`, with a free list of our own and every socket in view. */
export class UndiciTransport implements Transport {
  readonly #options: Required<UndiciTransportOptions>;
  readonly #origins: Map<string, Origin> = new Map();
  readonly #inContext: <R>(fn: () => R) => R = AsyncLocalStorage.snapshot();
  #closed = false;

  constructor(options: UndiciTransportOptions) {
    this.#options = { dialer: new Dialer(), ...options };
  }

  dispatch(request: TransportRequest, handler: TransportHandler): Call {
    let origin = this.#origins.get(request.origin);
    if (origin === undefined) {
      origin = new Origin(request.origin, this.#options, this.#inContext, () => this.#origins.delete(request.origin));
      if (!this.#closed) this.#origins.set(request.origin, origin);
    }
    const call = new UndiciCall(request, handler, origin);
    if (this.#closed) call.abort(new TransportFailure('shut', 'the transport was closed'));
    else origin.place(call);
    return call;
  }

  stats(): Record<string, OriginStats> {
    return Object.fromEntries([...this.#origins].map(([name, origin]) => [name, origin.stats()]));
  }

  async close(): Promise<void> {
    this.#closed = true;
    const sockets = [...this.#origins.values()].flatMap((origin) => origin.close());
    await Promise.all(sockets.map(untilClosed));
  }
}

/** One origin's connections, and the calls that wait for one. */
class Origin implements ConnectionOwner, CallHost {
  readonly #name: string;
  readonly #options: Required<UndiciTransportOptions>;
  readonly #pool: OriginPool<UndiciConnection, UndiciCall>;
  readonly #onEmpty: () => void;
  readonly inContext: <R>(fn: () => R) => R;

  constructor(
    name: string,
    options: Required<UndiciTransportOptions>,
    inContext: <R>(fn: () => R) => R,
    onEmpty: () => void,
  ) {
    this.#name = name;
    this.#options = options;
    this.#pool = new OriginPool(options.maxConnectionsPerOrigin);
    this.#onEmpty = onEmpty;
    this.inContext = inContext;
  }

  /** Gives the call a connection: the warmest free one, else a new one; else it waits. */
  place(call: UndiciCall): void {
    const free = this.#pool.takeFree();
    if (free !== undefined && !call.request.fresh) {
      free.start(call);
      return;
    }
    if (free === undefined && !this.#pool.hasRoom) {
      this.#pool.wait(call);
      return;
    }
    const connection = this.inContext(() => new UndiciConnection(this.#name, this.#options.keepAliveMs, this));
    this.#pool.add(connection);
    // A request that wants a fresh connection takes the place of a free one, which the server has likely closed as well.
    free?.destroy();
    connection.start(call);
  }

  get dialer(): Dialer {
    return this.#options.dialer;
  }

  endpoint(): Endpoint {
    return routeOf(this.#name);
  }

  onFree(connection: UndiciConnection): void {
    this.#pool.giveBack(connection);
    // undici closes a connection that cannot be kept right after it told of the end: who waits is served when it has.
    if (this.#pool.waitingCount > 0) queueMicrotask(() => this.#serveWaiting());
  }

  onGone(connection: UndiciConnection): void {
    this.#pool.remove(connection);
    if (this.#pool.waitingCount > 0) queueMicrotask(() => this.#serveWaiting());
    else if (this.#pool.isEmpty) this.#onEmpty();
  }

  withdraw(call: UndiciCall): void {
    this.#pool.stopWaiting(call);
    if (this.#pool.isEmpty) this.#onEmpty();
  }

  stats(): OriginStats {
    let inFlight = 0;
    for (const connection of this.#pool.all) if (connection.isBusy) inFlight++;
    return { open: this.#pool.all.size, inFlight, waiting: this.#pool.waitingCount };
  }

  /** Fails every call and destroys every connection; the sockets that are yet to close. */
  close(): Socket[] {
    const reason = new TransportFailure('shut', 'the transport was closed');
    for (let call = this.#pool.nextWaiter(); call !== undefined; call = this.#pool.nextWaiter()) call.abort(reason);
    const sockets: Socket[] = [];
    for (const connection of [...this.#pool.all]) {
      if (connection.socket !== undefined && !connection.socket.closed) sockets.push(connection.socket);
      connection.destroy(reason);
    }
    return sockets;
  }

  #serveWaiting(): void {
    // A free connection that has closed meanwhile makes room when it is taken, so one waiter for each that was given back is enough.
    for (let free = this.#pool.freeCount; free > 0 || this.#pool.hasRoom; free--) {
      const call = this.#pool.nextWaiter();
      if (call === undefined) return;
      this.place(call);
    }
  }
}

function untilClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
}
