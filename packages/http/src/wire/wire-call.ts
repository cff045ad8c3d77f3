import { AsyncLocalStorage } from 'node:async_hooks';
import type { TlsFacts } from '../dial/tls-identity.ts';
import type { HeaderList } from '../header-list.ts';
import type { Call, ConnectPhase, TransportHandler, TransportRequest } from '../transport/transport.ts';
import type { ResponseSink } from './response-parser.ts';

/** Who has a call: the queue of its origin, or a connection. */
export interface CallCarrier {
  /** The call was ended from outside: forget it, and destroy what it was on. */
  drop(call: WireCall): void;
  /** Bytes of the call's request still wait for the kernel. */
  readonly isSending: boolean;
  /** The call's wish to be paused has changed. */
  onPauseChange(call: WireCall): void;
}

/** One exchange: its request, what is known of it, and whom to tell. Whoever carries it reports to it; it ends once. */
export class WireCall implements Call, ResponseSink {
  readonly request: TransportRequest;
  readonly #handler: TransportHandler;
  readonly #onOver: () => void;
  /** Runs what is the caller's own, as its body is, in the caller's context. Only made for a streamed body. */
  readonly inContext: (<R>(fn: () => R) => R) | undefined;
  reused = false;
  address: string | undefined = undefined;
  tls: TlsFacts | undefined = undefined;
  bytesOut = 0;
  bytesIn = 0;
  isOver = false;
  isPaused = false;
  #carrier: CallCarrier;
  #wasSending = false;

  constructor(request: TransportRequest, handler: TransportHandler, queue: CallCarrier, onOver: () => void) {
    this.request = request;
    this.#handler = handler;
    this.#carrier = queue;
    this.#onOver = onOver;
    const { body } = request;
    this.inContext = body === undefined || body instanceof Uint8Array ? undefined : AsyncLocalStorage.snapshot();
  }

  get isSending(): boolean {
    return this.isOver ? this.#wasSending : this.#carrier.isSending;
  }

  abort(reason: unknown): void {
    if (this.isOver) return;
    const carrier = this.#carrier;
    this.#end();
    carrier.drop(this);
    this.#handler.onError(reason);
  }

  pause(): void {
    if (this.isOver || this.isPaused) return;
    this.isPaused = true;
    this.#carrier.onPauseChange(this);
  }

  resume(): void {
    if (this.isOver || !this.isPaused) return;
    this.isPaused = false;
    this.#carrier.onPauseChange(this);
  }

  /** Leaves the queue for a connection. */
  attach(carrier: CallCarrier): void {
    this.#carrier = carrier;
  }

  onConnecting(phase: ConnectPhase): void {
    this.#handler.onConnecting(phase);
  }

  /** The request goes out now, over this connection. */
  onSent(reused: boolean, address: string | undefined, tls: TlsFacts | undefined): void {
    this.reused = reused;
    this.address = address;
    this.tls = tls;
    this.#handler.onSent();
  }

  onInformational(status: number): void {
    this.#handler.onInformational(status);
  }

  onHeaders(status: number, headers: HeaderList, httpVersion: string): void {
    this.#handler.onHeaders(status, headers, httpVersion);
  }

  onContent(bytes: Buffer, from: number, to: number): void {
    const kept = Buffer.allocUnsafe(to - from);
    bytes.copy(kept, 0, from, to);
    this.#handler.onData(kept);
  }

  /** The response is whole. The connection is done with the call. */
  complete(unverifiedLength: boolean): void {
    this.isOver = true;
    this.#onOver();
    this.#handler.onEnd(unverifiedLength);
  }

  /** The exchange has failed. The connection is done with the call. */
  fail(error: unknown): void {
    if (this.isOver) return;
    this.#end();
    this.#handler.onError(error);
  }

  #end(): void {
    this.#wasSending = this.#carrier.isSending;
    this.isOver = true;
    this.#onOver();
  }
}
