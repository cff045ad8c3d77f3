import type { Socket } from 'node:net';
import type { Dialer } from '../dial/dialer.ts';
import type { Endpoint } from '../dial/dialing.ts';
import { routeOf } from '../dial/proxy-table.ts';
import { moment } from '../moment.ts';
import { OriginPool } from '../transport/origin-pool.ts';
import type { OriginStats } from '../transport/transport.ts';
import { TransportFailure } from '../transport/transport-failure.ts';
import { RequestHeadWriter } from './request-head.ts';
import type { CallCarrier, WireCall } from './wire-call.ts';
import { type ConnectionOwner, WireConnection } from './wire-connection.ts';
import type { WriteBatch } from './write-batch.ts';

/** What an origin has of its transport. */
export interface OriginOwner {
  readonly dialer: Dialer;
  readonly writes: WriteBatch;
  readonly keepAliveMs: number;
  readonly maxConnectionsPerOrigin: number;
  /** Runs `fn` in the context that the transport was made in: a socket keeps the context of its maker for life. */
  inContext<R>(fn: () => R): R;
  /** A connection is free until then. */
  onFreeUntil(moment: number): void;
  /** The origin has a connection. */
  onInUse(origin: WireOrigin): void;
  /** Nothing is left of the origin. */
  onEmpty(origin: WireOrigin): void;
}

/** One origin's connections, and the calls that wait for one. */
export class WireOrigin implements ConnectionOwner, CallCarrier {
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly heads: RequestHeadWriter;
  /** A call that waits in the queue sends nothing. */
  readonly isSending = false;
  readonly #owner: OriginOwner;
  readonly #pool: OriginPool<WireConnection, WireCall>;

  constructor(name: string, owner: OriginOwner) {
    this.name = name;
    this.#owner = owner;
    this.endpoint = routeOf(name);
    this.heads = new RequestHeadWriter(name.slice(name.indexOf('//') + 2));
    this.#pool = new OriginPool(owner.maxConnectionsPerOrigin);
  }

  get dialer(): Dialer {
    return this.#owner.dialer;
  }

  get writes(): WriteBatch {
    return this.#owner.writes;
  }

  get keepAliveMs(): number {
    return this.#owner.keepAliveMs;
  }

  /** Gives the call a connection: the warmest free one, else a new one; else it waits. */
  place(call: WireCall): void {
    const free = this.#takeFree();
    if (free !== undefined && !call.request.fresh) {
      free.send(call);
      return;
    }
    if (free === undefined && !this.#pool.hasRoom) {
      this.#pool.wait(call);
      return;
    }
    // A request that wants a fresh connection takes the place of a free one, which the server has likely closed as well.
    free?.destroy();
    const connection = new WireConnection(this);
    this.#pool.add(connection);
    this.#owner.onInUse(this);
    this.#owner.inContext(() => connection.connect(call));
  }

  /** After a loop that stood still, the timer that closes what was free for too long may be late. */
  #takeFree(): WireConnection | undefined {
    const nowMs = moment();
    for (let free = this.#pool.takeFree(); free !== undefined; free = this.#pool.takeFree()) {
      if (nowMs < free.freeUntil) return free;
      free.destroy();
    }
    return undefined;
  }

  onFree(connection: WireConnection): void {
    const waiter = this.#pool.nextWaiter();
    if (waiter === undefined) {
      this.#pool.giveBack(connection);
      this.#owner.onFreeUntil(connection.freeUntil);
    } else if (waiter.request.fresh) {
      this.#pool.giveBack(connection);
      this.place(waiter);
    } else {
      connection.send(waiter);
    }
  }

  onGone(connection: WireConnection): void {
    this.#pool.remove(connection);
    // In a turn of its own: a connection that fails at once must not recurse through all who wait.
    if (this.#pool.waitingCount > 0) queueMicrotask(() => this.#serveWaiting());
    else this.#forgetIfEmpty();
  }

  drop(call: WireCall): void {
    this.#pool.stopWaiting(call);
    this.#forgetIfEmpty();
  }

  onPauseChange(): void {
    // A connection asks when it sends.
  }

  /** Closes what has been free for too long; when the next one will be, `Infinity` for none. */
  closeExpired(nowMs: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const connection of [...this.#pool.free]) {
      if (connection.freeUntil <= nowMs) connection.destroy();
      else next = Math.min(next, connection.freeUntil);
    }
    return next;
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
    while (this.#pool.hasRoom || this.#pool.freeCount > 0) {
      const call = this.#pool.nextWaiter();
      if (call === undefined) break;
      this.place(call);
    }
    this.#forgetIfEmpty();
  }

  #forgetIfEmpty(): void {
    if (this.#pool.isEmpty) this.#owner.onEmpty(this);
  }
}
