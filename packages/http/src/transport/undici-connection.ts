import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Client } from 'undici';
import type { Dialer } from '../dial/dialer.ts';
import type { Dial, Endpoint } from '../dial/dialing.ts';
import type { TlsFacts } from '../dial/tls-identity.ts';
import { checkedChunks } from './body-source.ts';
import { HeadGuard } from './head-guard.ts';
import { loadUndici } from './load-undici.ts';
import { notHttp } from './not-http.ts';
import type { Pooled } from './origin-pool.ts';
import type { TransportRequest } from './transport.ts';
import type { CallConnection, UndiciCall } from './undici-call.ts';

/** Heads are bounded by our own count; undici's bound only has to be out of its way. */
const UNDICI_MAX_HEAD_BYTES = 4 * 1024 * 1024;
/** How much earlier than a server's `Keep-Alive: timeout` an unused connection is closed. */
const KEEP_ALIVE_MARGIN_MS = 1000;

/** Without an error of its own undici would take the close of an abandoned socket for the end of its response; this code tells it that nobody waits. */
const ABANDONED: Error = Object.assign(new Error('the exchange was abandoned'), { code: 'UND_ERR_INFO' });

/** What a connection tells its pool. */
export interface ConnectionOwner {
  readonly dialer: Dialer;
  /** Where to connect to, asked each time. */
  endpoint(): Endpoint;
  /** An exchange ended and the connection may serve another, unless undici closes it in this very turn. */
  onFree(connection: UndiciConnection): void;
  /** The connection will serve nobody any more. */
  onGone(connection: UndiciConnection): void;
  /** Runs in the context of the transport's maker: a socket outlives the request that happened to open it. */
  inContext<R>(fn: () => R): R;
}

/** An undici `Client` without pipelining: one socket at a time, one exchange at a time, and a view of both. */
export class UndiciConnection implements Pooled, CallConnection {
  readonly #owner: ConnectionOwner;
  readonly #client: Client;
  readonly #guard: HeadGuard = new HeadGuard((status) => this.#call?.onInformational(status));
  #dial: Dial | undefined;
  #socket: Socket | undefined;
  #address: string | undefined;
  #tls: TlsFacts | undefined;
  #call: UndiciCall | undefined;
  /** Exchanges begun on the present socket. */
  #served = 0;
  #gone = false;

  constructor(origin: string, keepAliveMs: number, owner: ConnectionOwner) {
    this.#owner = owner;
    const { Client } = loadUndici();
    this.#client = new Client(origin, {
      pipelining: 1,
      allowH2: false,
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: UNDICI_MAX_HEAD_BYTES,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: keepAliveMs,
      keepAliveTimeoutThreshold: KEEP_ALIVE_MARGIN_MS,
      connect: (_options, callback) => this.#connect(callback),
    });
  }

  get isUsable(): boolean {
    return !this.#gone && this.#socket !== undefined && !this.#socket.destroyed;
  }

  get isBusy(): boolean {
    return this.#call !== undefined;
  }

  /** The socket, once it is open. */
  get socket(): Socket | undefined {
    return this.#socket;
  }

  /** Sends a request. The connection must be free. */
  start(call: UndiciCall): void {
    this.#call = call;
    call.attach(this);
    const { method, path, headers, body } = call.request;
    // undici asks for the socket when it needs one, and calls onRequestStart of this handler when it is about to write.
    this.#client.dispatch({ method, path, ...written(headers, body) }, call);
  }

  onStart(call: UndiciCall): void {
    call.onSocket(this.#socket!, this.#guard, this.#address, this.#served > 0, this.#tls);
    this.#served++;
  }

  onCallOver(call: UndiciCall, healthy: boolean): void {
    if (this.#call !== call) return;
    this.#call = undefined;
    if (healthy && !this.#gone) this.#owner.onFree(this);
    else this.destroy();
  }

  withdraw(call: UndiciCall): void {
    if (this.#call !== call) return;
    this.#call = undefined;
    // undici would open the next socket for a request that is still queued.
    this.#client.destroy(null, () => {});
    this.destroy();
  }

  /** Ends the exchange, if there is one, with `reason`, and closes the socket at once. */
  destroy(reason?: unknown): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#call?.abort(reason);
    this.#dial?.cancel();
    this.#socket?.destroy(ABANDONED);
    this.#owner.onGone(this);
  }

  #connect(callback: (...args: [null, Socket] | [Error, null]) => void): void {
    this.#served = 0;
    this.#address = undefined;
    this.#socket = undefined;
    this.#dial = this.#owner.inContext(() =>
      this.#owner.dialer.dial(this.#owner.endpoint(), {
        onPhase: (phase) => this.#call?.onConnecting(phase),
        onOpen: ({ socket, address, tls }) => {
          this.#socket = socket;
          this.#address = address;
          this.#tls = tls;
          this.#watch(socket);
          callback(null, socket);
        },
        onFailure: (failure) => callback(failure, null),
      }),
    );
    // It may have been ended by what it told.
    if (this.#gone) this.#dial.cancel();
  }

  /** undici takes bytes from a socket with `read()`: the one place to see them before its parser does. */
  #watch(socket: Socket): void {
    const read = socket.read;
    socket.read = (size?: number): Buffer | null => {
      for (;;) {
        const received: Buffer | null = read.call(socket, size);
        if (received === null) return null;
        const bytes = this.#admit(received);
        if (bytes !== undefined) return bytes;
      }
    };
    // undici asserts in its listeners; an assertion that fails there must end this exchange, not the process.
    const emit = socket.emit as (...args: unknown[]) => boolean;
    socket.emit = (...args: unknown[]): boolean => {
      try {
        return emit.apply(socket, args);
      } catch (error) {
        this.destroy(error);
        return true;
      }
    };
    socket.once('close', () => {
      // undici may have opened the next one meanwhile.
      if (this.#socket === socket && this.#call === undefined) this.destroy();
    });
  }

  #admit(received: Buffer): Buffer | undefined {
    const call = this.#call;
    if (call?.isStarted) return call.admit(received);
    if (call !== undefined && this.#served === 0) {
      // A server that speaks first. undici would open socket after socket for the waiting request.
      call.abort(notHttp(received));
      return undefined;
    }
    // Bytes on an idle connection: undici closes it.
    return received;
  }
}

/** A streamed body as undici takes it, whose length is told by a header. */
function written(
  headers: readonly string[],
  body: TransportRequest['body'],
): { headers: string[]; body: Uint8Array | Readable | null } {
  if (body === undefined || body instanceof Uint8Array) return { headers: headers as string[], body: body ?? null };
  const lengthHeader = body.length === undefined ? [] : ['content-length', String(body.length)];
  // undici takes any async iterable; its types only know Readable.
  return { headers: [...headers, ...lengthHeader], body: checkedChunks(body) as unknown as Readable };
}
