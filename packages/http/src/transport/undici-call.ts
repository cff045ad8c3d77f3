import type { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import type { TlsFacts } from '../dial/tls-identity.ts';
import type { HeadGuard } from './head-guard.ts';
import type { Call, ConnectPhase, TransportHandler, TransportRequest } from './transport.ts';
import { TransportFailure } from './transport-failure.ts';
import { undiciFailure } from './undici-failure.ts';

/** Who keeps a call that undici has not begun: the queue of its origin, or a connection. */
export interface CallHost {
  /** The call has ended and must not be begun. */
  withdraw(call: UndiciCall): void;
}

/** What a call needs of the connection that it is on. */
export interface CallConnection extends CallHost {
  /** undici is about to write the request: the connection introduces its socket with {@link UndiciCall.onSocket}. */
  onStart(call: UndiciCall): void;
  /** The call is over and has told so; `healthy` says that its response ended well. */
  onCallOver(call: UndiciCall, healthy: boolean): void;
}

/** Chunk framing that no honest server sends: more than 16 bytes of it for each byte of content. */
const FRAMING_FACTOR = 16;

/** One exchange: undici's handler on the one side, our {@link Call} on the other. */
export class UndiciCall implements Call, Dispatcher.DispatchHandler {
  readonly request: TransportRequest;
  readonly #handler: TransportHandler;
  reused = false;
  address: string | undefined;
  tls: TlsFacts | undefined;
  bytesIn = 0;
  #host: CallHost;
  #connection: CallConnection | undefined;
  #socket: Socket | undefined;
  #guard: HeadGuard | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #over = false;
  #headersSeen = false;
  #unverifiedLength = false;
  #guardPassed = false;
  #headBytes = 0;
  #bodyBytes = 0;
  #bytesWrittenBefore = 0;
  #bytesOut = 0;

  constructor(request: TransportRequest, handler: TransportHandler, queue: CallHost) {
    this.request = request;
    this.#handler = handler;
    this.#host = queue;
  }

  get isOver(): boolean {
    return this.#over;
  }

  /** The request was handed to a socket. */
  get isStarted(): boolean {
    return this.#controller !== undefined;
  }

  get bytesOut(): number {
    return this.#over ? this.#bytesOut : this.#countBytesOut();
  }

  get isSending(): boolean {
    return !this.#over && this.#socket !== undefined && this.#socket.writableLength > 0;
  }

  /** Leaves the queue for a connection, which will send it. */
  attach(connection: CallConnection): void {
    this.#host = connection;
    this.#connection = connection;
  }

  pause(): void {
    if (!this.#over) this.#controller?.pause();
  }

  resume(): void {
    if (!this.#over) this.#controller?.resume();
  }

  abort(reason: unknown): void {
    if (this.#over) return;
    if (this.#controller !== undefined) {
      this.#controller.abort(reason as Error);
      return;
    }
    this.#finish(reason);
    this.#host.withdraw(this);
  }

  /** The connection is in a step of being made. */
  onConnecting(phase: ConnectPhase): void {
    if (!this.#over) this.#handler.onConnecting(phase);
  }

  /** The socket that the request is about to go out on. */
  onSocket(
    socket: Socket,
    guard: HeadGuard,
    address: string | undefined,
    reused: boolean,
    tls: TlsFacts | undefined,
  ): void {
    this.#socket = socket;
    this.#guard = guard;
    this.#bytesWrittenBefore = socket.bytesWritten;
    this.address = address;
    this.tls = tls;
    this.reused = reused;
    guard.reset(this.request.maxHeaderBytes);
  }

  /** Looks at bytes from the socket before the parser does; undefined when there is nothing to parse yet, or any more. */
  admit(received: Buffer): Buffer | undefined {
    const parsed = this.bytesIn;
    this.bytesIn += received.length;
    const { maxHeaderBytes } = this.request;
    try {
      if (this.#headersSeen) {
        if (parsed > 2 * maxHeaderBytes + (FRAMING_FACTOR + 1) * this.#bodyBytes) {
          throw new TransportFailure('framing-overflow', 'the body has far more chunk framing than content');
        }
        return received;
      }
      if (this.#headBytes > maxHeaderBytes) throw headTooLarge(maxHeaderBytes);
      const bytes = this.#guardPassed ? received : this.#guard!.admit(received);
      if (bytes === undefined || this.#over) return undefined;
      this.#guardPassed = true;
      this.#headBytes += bytes.length;
      return bytes;
    } catch (failure) {
      this.abort(failure);
      return undefined;
    }
  }

  onInformational(status: number): void {
    if (!this.#over) this.#handler.onInformational(status);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#connection!.onStart(this);
    this.#controller = controller;
    this.#handler.onSent();
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    const raw = controller.rawHeaders as Buffer[];
    const headers: string[] = new Array(raw.length);
    let size = 0;
    for (let i = 0; i < raw.length; i++) {
      const text = raw[i]!.toString('latin1');
      headers[i] = text;
      size += text.length;
    }
    if (size + 2 * raw.length > this.request.maxHeaderBytes) {
      this.abort(headTooLarge(this.request.maxHeaderBytes));
      return;
    }
    const framing = framingOf(this.request.method, status, headers);
    if (framing === 'unknown-coding') {
      this.abort(new TransportFailure('malformed', 'the body has a transfer coding that nobody asked for'));
      return;
    }
    this.#headersSeen = true;
    this.#unverifiedLength = framing === 'close';
    this.#handler.onHeaders(status, headers, this.#guard!.version);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#over) return;
    this.#bodyBytes += chunk.length;
    this.#handler.onData(chunk);
  }

  onResponseEnd(): void {
    if (this.#over) return;
    // undici takes a reset for the end of a body that ends with its connection; the socket's own error says what it was.
    if (this.#unverifiedLength && this.#socket?.errored) {
      this.#fail(new TransportFailure('reset', 'the connection broke in the body', this.#socket.errored));
      return;
    }
    this.#bytesOut = this.#countBytesOut();
    this.#over = true;
    this.#connection?.onCallOver(this, true);
    this.#handler.onEnd(this.#unverifiedLength);
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: unknown): void {
    if (this.#over) return;
    const socket = this.#socket;
    const atEnd =
      socket !== undefined && (socket.readableEnded || (socket.errored !== null && socket.errored !== error));
    this.#fail(undiciFailure(error, { headersSeen: this.#headersSeen, bytesIn: this.bytesIn, atEnd }));
  }

  #fail(error: unknown): void {
    this.#finish(error);
    this.#connection?.onCallOver(this, false);
  }

  #finish(error: unknown): void {
    this.#bytesOut = this.#countBytesOut();
    this.#over = true;
    this.#handler.onError(error);
  }

  #countBytesOut(): number {
    return this.#socket === undefined ? 0 : this.#socket.bytesWritten - this.#bytesWrittenBefore;
  }
}

function headTooLarge(maxBytes: number): TransportFailure {
  return new TransportFailure('headers-overflow', `the response head is larger than ${maxBytes} bytes`);
}

/** What ends the body (RFC 9112 6.3): its own framing, or the end of the connection. */
function framingOf(method: string, status: number, headers: readonly string[]): 'own' | 'close' | 'unknown-coding' {
  let framing: 'own' | 'close' = method === 'HEAD' || status === 204 || status === 304 ? 'own' : 'close';
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!;
    if (name.length === 14 && name.toLowerCase() === 'content-length') framing = 'own';
    else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
      const coding = headers[i + 1]!.trim().toLowerCase();
      if (coding !== 'chunked') return 'unknown-coding';
      framing = 'own';
    }
  }
  return framing;
}
