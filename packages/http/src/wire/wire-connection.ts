import type { Socket } from 'node:net';
import { inspect } from 'node:util';
import { isTlsRefusal, refusedByTls } from '../dial/dial-failure.ts';
import type { Dialer } from '../dial/dialer.ts';
import type { Connected, Dial, Endpoint } from '../dial/dialing.ts';
import type { TlsFacts } from '../dial/tls-identity.ts';
import { holdMoment, moment, releaseMoment } from '../moment.ts';
import type { Pooled } from '../transport/origin-pool.ts';
import { TransportFailure } from '../transport/transport-failure.ts';
import type { RequestHeadWriter } from './request-head.ts';
import { ResponseParser } from './response-parser.ts';
import { sendBody } from './send-body.ts';
import type { CallCarrier, WireCall } from './wire-call.ts';
import type { WriteBatch, Writer } from './write-batch.ts';

/** What a connection asks and tells its origin. */
export interface ConnectionOwner {
  readonly dialer: Dialer;
  readonly endpoint: Endpoint;
  readonly heads: RequestHeadWriter;
  readonly writes: WriteBatch;
  readonly keepAliveMs: number;
  /** The connection may serve another exchange. */
  onFree(connection: WireConnection): void;
  /** The connection will serve nobody any more. */
  onGone(connection: WireConnection): void;
}

/** Every socket reads into this one buffer: what is read is parsed, and copied where it is kept, before the next read. */
const READ_BUFFER = Buffer.allocUnsafeSlow(64 * 1024);
/** A body up to this size goes out in one string with its head. */
const SMALL_BODY_BYTES = 16 * 1024;
/** How much earlier than a server's `Keep-Alive: timeout` an unused connection is closed. */
const KEEP_ALIVE_MARGIN_MS = 1000;

/**
 * - `connecting`: a connection is being made, for a call that waits for it
 * - `busy`: an exchange is under way
 * - `free`: open, between two exchanges
 * - `gone`: closed, or about to be
 */
type State = 'connecting' | 'busy' | 'free' | 'gone';

/** One connection: one exchange at a time, over a socket that is read without a stream in between. */
export class WireConnection implements Pooled, CallCarrier, Writer {
  readonly #owner: ConnectionOwner;
  readonly #parser = new ResponseParser();
  #state: State = 'connecting';
  #dial: Dial | undefined = undefined;
  #socket: Socket | undefined = undefined;
  #address: string | undefined = undefined;
  #tls: TlsFacts | undefined = undefined;
  #call: WireCall | undefined = undefined;
  /** A request that goes out at the end of this turn of the event loop. */
  #unsent: string | undefined = undefined;
  #releaseBody: (() => void) | undefined = undefined;
  /** The request has a body that the socket may take only in part. */
  #isLarge = false;
  #served = 0;
  /** Until when it may be used again, on the clock of `performance.now()`. */
  freeUntil = 0;

  constructor(owner: ConnectionOwner) {
    this.#owner = owner;
  }

  get isUsable(): boolean {
    return this.#state === 'free' && this.#socket!.writable;
  }

  get isBusy(): boolean {
    return this.#call !== undefined;
  }

  get isSending(): boolean {
    return (
      this.#unsent !== undefined ||
      this.#releaseBody !== undefined ||
      (this.#socket !== undefined && this.#socket.writableLength > 0)
    );
  }

  /**
   * Whether part of the request may never go out. A small one is with the socket as a whole, in front of whatever comes next; that TLS tells of it
   * only after the answer was read, as fast servers have it, says nothing.
   */
  get #holdsBack(): boolean {
    return this.#releaseBody !== undefined || (this.#isLarge && this.#socket!.writableLength > 0);
  }

  /** The socket, once it is open. */
  get socket(): Socket | undefined {
    return this.#socket;
  }

  /** Makes the connection, for this call. */
  connect(call: WireCall): void {
    call.attach(this);
    this.#call = call;
    const onread = { buffer: READ_BUFFER, callback: (length: number) => this.#onRead(READ_BUFFER, length) };
    this.#dial = this.#owner.dialer.dial(
      { ...this.#owner.endpoint, onread },
      {
        onPhase: (phase) => this.#call?.onConnecting(phase),
        onOpen: (connected) => this.#onOpen(connected),
        onFailure: (failure) => this.#fail(failure),
      },
    );
    // It may have been ended by what it told.
    if (this.#state === 'gone') this.#dial.cancel();
  }

  /** Sends the call's request. The connection must be free. */
  send(call: WireCall): void {
    this.#call = call;
    this.#state = 'busy';
    call.attach(this);
    const { request } = call;
    this.#parser.begin(call, request.method === 'HEAD', request.maxHeaderBytes);
    const isReused = this.#served > 0;
    this.#served++;
    call.onSent(isReused, this.#address, this.#tls);
    if (call.isOver) return;
    if (call.isPaused) this.#socket!.pause();
    this.#write(call);
  }

  drop(call: WireCall): void {
    if (this.#call !== call) return;
    this.#withdraw(call);
    this.#call = undefined;
    this.destroy();
  }

  onPauseChange(call: WireCall): void {
    if (this.#state !== 'busy') return;
    if (call.isPaused) this.#socket!.pause();
    else this.#socket!.resume();
  }

  /** Closes the socket at once, and ends the exchange with `reason`, if there is one. */
  destroy(reason?: unknown): void {
    if (this.#state === 'gone') return;
    this.#state = 'gone';
    this.#withdraw(this.#call);
    this.#letGo();
    this.#dial?.cancel();
    this.#socket?.destroy();
    const call = this.#call;
    this.#call = undefined;
    this.#owner.onGone(this);
    call?.fail(reason);
  }

  #onOpen({ socket, address, tls, usesOnread }: Connected): void {
    this.#dial = undefined;
    this.#socket = socket;
    this.#address = address;
    this.#tls = tls;
    if (!usesOnread) socket.on('data', (chunk: Buffer) => this.#onRead(chunk, chunk.length));
    socket.on('end', () => this.#onEnd());
    socket.on('error', (error: NodeJS.ErrnoException) => this.#fail(broken(error)));
    socket.on('close', () => this.#fail(new TransportFailure('closed', 'the connection was closed')));
    // Open exchanges keep the process alive, connections do not: the transport sees to it for all of them at once.
    socket.unref();
    this.send(this.#call!);
  }

  #write(call: WireCall): void {
    const socket = this.#socket!;
    const { body } = call.request;
    const head = this.#owner.heads.write(call.request);
    call.bytesOut = head.length;
    this.#isLarge = body !== undefined && !(body instanceof Uint8Array && body.length <= SMALL_BODY_BYTES);
    if (body === undefined) {
      this.#writeSoon(head);
    } else if (!(body instanceof Uint8Array)) {
      socket.write(head, 'latin1');
      this.#releaseBody = call.inContext!(() =>
        sendBody(socket, body, {
          get isOver() {
            return call.isOver;
          },
          onWritten: (bytes) => {
            call.bytesOut += bytes;
          },
          onBodySent: () => {
            this.#releaseBody = undefined;
          },
          onBodyFailed: (error) => call.abort(error),
        }),
      );
    } else if (body.length <= SMALL_BODY_BYTES) {
      call.bytesOut += body.length;
      this.#writeSoon(head + Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1'));
    } else {
      call.bytesOut += body.length;
      socket.cork();
      socket.write(head, 'latin1');
      socket.write(body);
      socket.uncork();
    }
  }

  #writeSoon(request: string): void {
    this.#unsent = request;
    this.#owner.writes.add(this);
  }

  /** Called by the batch. */
  writeNow(): void {
    const request = this.#unsent;
    this.#unsent = undefined;
    if (request !== undefined) this.#socket!.write(request, 'latin1');
  }

  /** False stops reading; only a connection that is gone does. */
  #onRead(bytes: Buffer, length: number): boolean {
    const call = this.#call;
    if (call === undefined || this.#state !== 'busy') {
      // RFC 9112 9.2: nobody asked, so there is no telling whose answer this would be.
      this.destroy();
      return false;
    }
    if (this.#unsent !== undefined) {
      // An answer to a request that nobody has seen.
      this.#fail(new TransportFailure('closed', 'the server spoke out of turn on a kept connection'));
      return false;
    }
    call.bytesIn += length;
    const parser = this.#parser;
    const holds = holdMoment();
    try {
      const used = parser.push(bytes, length);
      if (call.isOver || !parser.isComplete) return !call.isOver;
      this.#onResponse(call, used === length);
      return true;
    } catch (failure) {
      this.#fail(failure);
      return false;
    } finally {
      if (holds) releaseMoment();
    }
  }

  #onResponse(call: WireCall, isExact: boolean): void {
    const { keepAliveMs } = this.#owner;
    const parser = this.#parser;
    const serverMs = parser.keepAliveMs;
    const keepMs = serverMs === undefined ? keepAliveMs : Math.min(keepAliveMs, serverMs - KEEP_ALIVE_MARGIN_MS);
    // RFC 9112 9.3: kept only if both sides want to, the response left no doubt about its end, and the request is out.
    const isKept = parser.isPersistent && isExact && keepMs > 0 && !this.#holdsBack && this.#socket!.writable;
    this.#call = undefined;
    // The connection comes first: whoever hears of the end may ask for one at once.
    if (isKept) {
      if (call.isPaused) this.#socket!.resume();
      this.#state = 'free';
      this.freeUntil = moment() + keepMs;
      this.#owner.onFree(this);
    } else {
      this.destroy();
    }
    call.complete(false);
  }

  /** The server has sent its last byte. */
  #onEnd(): void {
    const call = this.#call;
    if (call === undefined || this.#state !== 'busy') {
      this.destroy();
      return;
    }
    try {
      this.#parser.finish();
    } catch (failure) {
      this.#fail(failure);
      return;
    }
    this.#call = undefined;
    this.destroy();
    call.complete(true);
  }

  #fail(failure: unknown): void {
    this.destroy(failure);
  }

  /** What still waits for the turn's end is not sent, and was not. */
  #withdraw(call: WireCall | undefined): void {
    if (this.#unsent === undefined) return;
    this.#unsent = undefined;
    if (call !== undefined) call.bytesOut = 0;
  }

  #letGo(): void {
    this.#releaseBody?.();
    this.#releaseBody = undefined;
  }

  /** Where it leads and what it does, also for `util.inspect`. */
  toString(): string {
    const where = this.#address ?? `${this.#owner.endpoint.host}:${this.#owner.endpoint.port}`;
    const reading = this.#state === 'busy' ? `, reading ${this.#parser.state}` : '';
    return `WireConnection { ${where}, ${this.#state}${reading}, ${this.#served} served }`;
  }
}

// A computed name in the class would need a type that isolated declarations cannot give it.
Object.defineProperty(WireConnection.prototype, inspect.custom, {
  value(this: WireConnection): string {
    return this.toString();
  },
});

function broken(error: NodeJS.ErrnoException): TransportFailure {
  if (isTlsRefusal(error)) return refusedByTls(error);
  return new TransportFailure('reset', `the connection broke (${error.code ?? error.message})`, error);
}
