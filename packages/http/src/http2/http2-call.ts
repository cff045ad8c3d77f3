import type { TlsFacts } from '../dial/tls-identity.ts';
import type { Call, ConnectPhase, TransportHandler, TransportRequest } from '../transport/transport.ts';
import { canSendAgain } from '../upload/upload.ts';
import type { Http2Connection } from './http2-connection.ts';
import type { Http2Stream, NotProcessed, StreamOwner } from './http2-stream.ts';

/** Where a call waits for a connection. */
export interface CallQueue {
  readonly authority: string;
  /** A server sent the call back: it goes before those that have waited for less long. */
  placeAgain(call: Http2Call): void;
  drop(call: Http2Call): void;
  /** The same request over HTTP/1.1. */
  sendOverHttp1(call: Http2Call): Call;
}

/** How often a request that the server did not process is sent in all, not counting connections that got other requests done meanwhile. */
const MAX_TRIES = 3;

/** One exchange: it waits for a connection, is a stream of it, perhaps of another one after that, or goes over HTTP/1.1 in the end. */
export class Http2Call implements Call, StreamOwner {
  readonly request: TransportRequest;
  readonly handler: TransportHandler;
  readonly #queue: CallQueue;
  /** What carries the exchange; undefined while it waits. */
  #carrier: Http2Stream | Call | undefined;
  #isOver = false;
  #isPaused = false;
  #tries = 0;
  /** Of streams that the server did not process. */
  #bytesInBefore = 0;
  #bytesOutBefore = 0;

  constructor(request: TransportRequest, handler: TransportHandler, queue: CallQueue) {
    this.request = request;
    this.handler = handler;
    this.#queue = queue;
  }

  get reused(): boolean {
    return this.#carrier?.reused ?? false;
  }

  get address(): string | undefined {
    return this.#carrier?.address;
  }

  get tls(): TlsFacts | undefined {
    return this.#carrier?.tls;
  }

  get bytesIn(): number {
    return this.#bytesInBefore + (this.#carrier?.bytesIn ?? 0);
  }

  get bytesOut(): number {
    return this.#bytesOutBefore + (this.#carrier?.bytesOut ?? 0);
  }

  get isSending(): boolean {
    return this.#carrier?.isSending ?? false;
  }

  abort(reason: unknown): void {
    if (this.#carrier !== undefined) this.#carrier.abort(reason);
    else if (!this.#isOver) {
      this.#queue.drop(this);
      this.fail(reason);
    }
  }

  pause(): void {
    this.#isPaused = true;
    this.#carrier?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#carrier?.resume();
  }

  onConnecting(phase: ConnectPhase): void {
    this.handler.onConnecting(phase);
  }

  /** Ends the call while nothing carries it. */
  fail(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.handler.onError(error);
  }

  /** Goes on as a stream of the connection. */
  sendOver(connection: Http2Connection): void {
    this.#tries++;
    const stream = connection.send(this.request, this.handler, this);
    this.#carrier = stream;
    stream.open(this.#queue.authority);
    if (this.#isPaused) this.#carrier?.pause();
  }

  /** Goes on over HTTP/1.1. */
  sendOverHttp1(): void {
    const call = this.#queue.sendOverHttp1(this);
    this.#carrier = call;
    if (this.#isPaused) call.pause();
  }

  onNotProcessed({ failure, wantsHttp1, isMoving }: NotProcessed): void {
    if (isMoving) this.#tries--;
    const isRepeatable = canSendAgain(this.request.body);
    if (isRepeatable && (wantsHttp1 || this.#tries < MAX_TRIES)) {
      this.#bytesInBefore = this.bytesIn;
      this.#bytesOutBefore = this.bytesOut;
      this.#carrier = undefined;
      if (wantsHttp1) this.sendOverHttp1();
      else this.#queue.placeAgain(this);
    } else {
      this.#isOver = true;
      this.handler.onError(failure);
    }
  }
}
