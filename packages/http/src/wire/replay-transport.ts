import { type BodySource, checkedChunks } from '../transport/body-source.ts';
import type { Call, OriginStats, Transport, TransportHandler, TransportRequest } from '../transport/transport.ts';
import { TransportFailure } from '../transport/transport-failure.ts';
import { RequestHeadWriter } from './request-head.ts';
import { ResponseParser } from './response-parser.ts';
import { type CallCarrier, WireCall } from './wire-call.ts';

/** What a server sends on a connection of its own, byte by byte. */
export interface Replay {
  /** The bytes as they arrive, one read each. Text is latin1. */
  readonly pieces: Iterable<Uint8Array | string>;
  /** What happens then: the connection is closed in order (default), is reset, or stays open and silent. */
  readonly end?: 'close' | 'reset' | 'open';
}

/** What the server does with a request. */
export type ReplayScript = (request: TransportRequest) => Replay;

/**
 * The wire without a network, for tests: each request gets the bytes that its script gives, through the very parser that reads from
 * sockets. For what a server means there is {@link MockTransport}; this is for what it sends.
 *
 * @example
 * const transport = new ReplayTransport(() => ({ pieces: ['HTTP/1.1 200 OK\r\nContent-Le', 'ngth: 5\r\n\r\nhel', 'lo'] }));
 * await using session = new Session({ transport });
 * console.log((await session.get('http://any.test/')).text()); // hello
 */
export class ReplayTransport implements Transport {
  /** Every request that was dispatched. */
  readonly requests: TransportRequest[] = [];
  readonly #script: ReplayScript;
  readonly #connections: Set<ReplayConnection> = new Set();
  #isClosed = false;

  constructor(script: ReplayScript) {
    this.#script = script;
  }

  dispatch(request: TransportRequest, handler: TransportHandler): Call {
    this.requests.push(request);
    const connection = new ReplayConnection(this.#script(request));
    this.#connections.add(connection);
    const call = new WireCall(request, handler, connection, () => this.#connections.delete(connection));
    if (this.#isClosed) call.abort(new TransportFailure('shut', 'the transport was closed'));
    // A real wire never answers before dispatch has returned.
    else queueMicrotask(() => connection.open(call));
    return call;
  }

  stats(): Record<string, OriginStats> {
    const stats: Record<string, { open: number; inFlight: number; waiting: number }> = {};
    for (const { origin } of this.#connections) {
      if (origin === undefined) continue;
      stats[origin] ??= { open: 0, inFlight: 0, waiting: 0 };
      stats[origin].open++;
      stats[origin].inFlight++;
    }
    return stats;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const reason = new TransportFailure('shut', 'the transport was closed');
    for (const connection of [...this.#connections]) connection.abort(reason);
  }
}

class ReplayConnection implements CallCarrier {
  readonly #pieces: Iterator<Uint8Array | string>;
  readonly #end: 'close' | 'reset' | 'open';
  readonly #parser = new ResponseParser();
  #call: WireCall | undefined;
  #body: AsyncGenerator<Uint8Array, void, undefined> | undefined;
  isSending = false;

  constructor({ pieces, end = 'close' }: Replay) {
    this.#pieces = pieces[Symbol.iterator]();
    this.#end = end;
  }

  get origin(): string | undefined {
    return this.#call?.request.origin;
  }

  open(call: WireCall): void {
    if (call.isOver) return;
    this.#call = call;
    const { request } = call;
    call.onConnecting('connect');
    if (call.isOver) return;
    this.#parser.begin(call, request.method === 'HEAD', request.maxHeaderBytes);
    call.onSent(false, '192.0.2.1:80', undefined);
    if (call.isOver) return;
    call.bytesOut = new RequestHeadWriter('replay.test').write(request).length;
    const { body } = request;
    if (body === undefined || body instanceof Uint8Array) {
      call.bytesOut += body?.length ?? 0;
      this.#play(call);
    } else {
      void call.inContext!(() => this.#send(call, body));
    }
  }

  abort(reason: unknown): void {
    this.#call?.abort(reason);
  }

  drop(): void {
    this.#body?.return().catch(() => {});
  }

  onPauseChange(call: WireCall): void {
    if (!call.isPaused && !this.isSending) this.#play(call);
  }

  /** A streamed body is read whole before the server answers. */
  async #send(call: WireCall, source: BodySource): Promise<void> {
    this.isSending = true;
    this.#body = checkedChunks(source);
    try {
      for await (const chunk of this.#body) {
        if (call.isOver) return;
        call.bytesOut += chunk.length;
      }
      this.isSending = false;
      this.#play(call);
    } catch (error) {
      call.abort(error);
    }
  }

  #play(call: WireCall): void {
    const parser = this.#parser;
    try {
      while (!call.isOver && !call.isPaused) {
        const { done, value: piece } = this.#pieces.next();
        if (done) {
          this.#playEnd(call);
          return;
        }
        // A copy: the parser may move bytes about in what it is given.
        const bytes = typeof piece === 'string' ? Buffer.from(piece, 'latin1') : Buffer.from(piece);
        if (bytes.length === 0) continue;
        call.bytesIn += bytes.length;
        parser.push(bytes, bytes.length);
        if (parser.isComplete && !call.isOver) call.complete(false);
      }
    } catch (failure) {
      call.fail(failure);
    }
  }

  #playEnd(call: WireCall): void {
    if (this.#end === 'reset') call.fail(new TransportFailure('reset', 'the connection broke (ECONNRESET)'));
    else if (this.#end === 'close' && this.#parser.finish()) call.complete(true);
  }
}
