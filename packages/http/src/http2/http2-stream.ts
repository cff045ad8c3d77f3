import { type ClientHttp2Stream, constants, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2';
import type { TlsFacts } from '../dial/tls-identity.ts';
import { checkedChunks } from '../transport/body-source.ts';
import type { TransportHandler, TransportRequest } from '../transport/transport.ts';
import { TransportFailure } from '../transport/transport-failure.ts';
import { notProcessed, whyItFailed } from './http2-failure.ts';
import { readHead, requestHeaders } from './http2-headers.ts';
import { watchServerEnd } from './watch-server-end.ts';

/** What a stream has of its connection. */
export interface StreamGround {
  readonly address: string | undefined;
  readonly tls: TlsFacts | undefined;
  /** Why the connection broke, if it did. */
  readonly error: unknown;
  /** What the server said in GOAWAY: streams above it were not processed (RFC 9113 6.8). */
  readonly lastStreamId: number;
  /** A response began on it. */
  readonly hasAnswered: boolean;
  /** @throws when the connection takes no more streams. */
  open(headers: OutgoingHttpHeaders, options: { endStream: boolean; signal?: AbortSignal }): ClientHttp2Stream;
  /** Something came. */
  onAlive(): void;
  onAnswer(): void;
  /** The stream is over. */
  leave(stream: Http2Stream): void;
}

/** Whom a stream reports to when the server certainly did not process its request. */
export interface StreamOwner {
  onNotProcessed(why: NotProcessed): void;
}

/** Why a server did not process a request. */
export interface NotProcessed {
  /** What it comes to when the request cannot be sent again. */
  readonly failure: TransportFailure;
  readonly wantsHttp1: boolean;
  /** The connection takes no more requests (GOAWAY), but has got some done: sending the rest to another comes to an end. */
  readonly isMoving: boolean;
}

/** One request as a stream of an HTTP/2 connection (RFC 9113 8.1). */
export class Http2Stream {
  readonly reused: boolean;
  readonly address: string | undefined;
  readonly tls: TlsFacts | undefined;
  /** Content and text of heads: frames and their compression are the connection's, not the exchange's. */
  bytesIn = 0;
  bytesOut = 0;
  isOver = false;
  #isSending = false;
  readonly #request: TransportRequest;
  readonly #handler: TransportHandler;
  readonly #ground: StreamGround;
  readonly #owner: StreamOwner;
  #stream: ClientHttp2Stream | undefined;
  #hasHead = false;
  #isWhole = false;
  #contentBytes = 0;
  #expectedBytes: number | undefined;
  /** What broke the connection, as the stream got to know. */
  #connectionError: unknown;
  #body: AsyncGenerator<Uint8Array, void, undefined> | undefined;
  /** Resets a stream whose request has a body: `close()` would end the body before, and what was sent of it would look whole to the server. */
  #reset: AbortController | undefined;

  constructor(
    request: TransportRequest,
    handler: TransportHandler,
    owner: StreamOwner,
    ground: StreamGround,
    isReused: boolean,
  ) {
    this.#request = request;
    this.#handler = handler;
    this.#owner = owner;
    this.#ground = ground;
    this.reused = isReused;
    this.address = ground.address;
    this.tls = ground.tls;
  }

  get isSending(): boolean {
    return this.#isSending;
  }

  /** Sends the request. */
  open(authority: string): void {
    const { body, path, headers } = this.#request;
    if (body !== undefined) this.#reset = new AbortController();
    let stream: ClientHttp2Stream;
    try {
      stream = this.#ground.open(requestHeaders(this.#request, authority), {
        endStream: body === undefined,
        ...(this.#reset === undefined ? {} : { signal: this.#reset.signal }),
      });
    } catch (error) {
      this.#finish();
      this.#onNoStream(error);
      return;
    }
    this.#stream = stream;
    this.bytesOut = path.length + headers.reduce((sum, text) => sum + text.length, 0);
    this.#listen(stream);
    this.#handler.onSent();
    if (this.isOver) return;
    if (body instanceof Uint8Array) this.#sendBytes(stream, body);
    else if (body !== undefined) void this.#sendChunks(stream, checkedChunks(body));
  }

  pause(): void {
    this.#stream?.pause();
  }

  resume(): void {
    this.#stream?.resume();
  }

  /** Ends the stream with RST_STREAM. */
  abort(reason: unknown): void {
    this.#fail(reason);
  }

  #listen(stream: ClientHttp2Stream): void {
    watchServerEnd(stream, () => {
      this.#isWhole = true;
    });
    stream.on('headers', (headers: IncomingHttpHeaders, _flags, raw?: readonly string[]) =>
      this.#onInformational(Number(headers[':status']), raw ?? []),
    );
    stream.on('response', (headers, _flags, raw?: readonly string[]) => this.#onResponse(headers, raw ?? []));
    stream.on('data', (chunk: Buffer) => this.#onData(chunk));
    stream.on('end', () => this.#onEnd(stream));
    // It comes before the connection's own; 'close' follows.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ERR_HTTP2_STREAM_ERROR') this.#connectionError = error;
    });
    stream.on('close', () => this.#onClose(stream));
  }

  #onInformational(status: number, raw: readonly string[]): void {
    if (this.isOver) return;
    this.#ground.onAlive();
    this.bytesIn += readHead(raw).bytes;
    // RFC 9113 8.6: there is no upgrade in HTTP/2.
    if (status === 101) this.#fail(new TransportFailure('upgrade', 'a 101 response, which HTTP/2 does not have'));
    else this.#handler.onInformational(status);
  }

  #onResponse(headers: IncomingHttpHeaders, raw: readonly string[]): void {
    if (this.isOver) return;
    this.#ground.onAlive();
    const status = Number(headers[':status']);
    const { pairs, bytes, hasTooManyFields } = readHead(raw);
    this.bytesIn += bytes;
    const { maxHeaderBytes, method } = this.#request;
    if (hasTooManyFields) {
      this.#fail(new TransportFailure('headers-overflow', `the response has ${pairs.length / 2} fields, too many`));
    } else if (bytes > maxHeaderBytes) {
      this.#fail(new TransportFailure('headers-overflow', `the response head is larger than ${maxHeaderBytes} bytes`));
    } else if (!(status >= 200 && status <= 999)) {
      this.#fail(new TransportFailure('malformed', `the status ${headers[':status']} is no final one (RFC 9110 15)`));
    } else {
      this.#hasHead = true;
      this.#ground.onAnswer();
      const length = headers['content-length'];
      if (length !== undefined && method !== 'HEAD' && status !== 304) this.#expectedBytes = Number(length);
      this.#handler.onHeaders(status, pairs, '2');
    }
  }

  #onData(chunk: Buffer): void {
    if (this.isOver) return;
    this.#ground.onAlive();
    this.bytesIn += chunk.length;
    this.#contentBytes += chunk.length;
    // A piece is a view of all that was read at once, which a small one must not keep alive.
    this.#handler.onData(chunk.buffer.byteLength > 2 * chunk.length ? Buffer.from(chunk) : chunk);
  }

  #onEnd(stream: ClientHttp2Stream): void {
    if (this.isOver || !this.#isWhole || !this.#hasHead) return;
    // RFC 9113 8.1.1: a length that is not the sum of the content is malformed.
    if (this.#expectedBytes !== undefined && this.#expectedBytes !== this.#contentBytes) {
      this.#fail(
        new TransportFailure('truncated', `${this.#contentBytes} bytes came, ${this.#expectedBytes} were announced`),
      );
      return;
    }
    // Nobody reads what is left of our body (RFC 9113 8.1).
    this.#finish();
    if (!stream.writableFinished) this.#reset?.abort();
    this.#handler.onEnd(false);
  }

  #onClose(stream: ClientHttp2Stream): void {
    if (this.isOver) return;
    const { id } = stream;
    const { lastStreamId } = this.#ground;
    const error = this.#connectionError ?? this.#ground.error;
    const rstCode = stream.rstCode ?? 0;
    const hasHead = this.#hasHead;
    this.#finish();
    const isRefused = rstCode === constants.NGHTTP2_REFUSED_STREAM || id === undefined || id > lastStreamId;
    const wantsHttp1 = rstCode === constants.NGHTTP2_HTTP_1_1_REQUIRED;
    if (!hasHead && (isRefused || wantsHttp1)) {
      const isMoving = id !== undefined && id > lastStreamId && this.#ground.hasAnswered;
      this.#owner.onNotProcessed({ failure: notProcessed(rstCode, error), wantsHttp1, isMoving });
    } else this.#handler.onError(whyItFailed({ rstCode, hasHead, connectionError: error }));
  }

  /** Not a byte was sent. */
  #onNoStream(error: unknown): void {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const isClosed = /^ERR_HTTP2_(INVALID_SESSION|GOAWAY_SESSION|OUT_OF_STREAMS)$/.test(code);
    if (isClosed) {
      const failure = notProcessed(constants.NGHTTP2_REFUSED_STREAM, error);
      this.#owner.onNotProcessed({ failure, wantsHttp1: false, isMoving: false });
    } else this.#handler.onError(error);
  }

  #sendBytes(stream: ClientHttp2Stream, body: Uint8Array): void {
    this.bytesOut += body.length;
    this.#end(stream, body);
  }

  async #sendChunks(stream: ClientHttp2Stream, chunks: AsyncGenerator<Uint8Array, void, undefined>): Promise<void> {
    this.#body = chunks;
    this.#isSending = true;
    try {
      for await (const chunk of chunks) {
        if (this.isOver) return;
        this.bytesOut += chunk.length;
        if (!stream.write(chunk)) await drained(stream);
      }
      if (!this.isOver) this.#end(stream);
    } catch (error) {
      this.#fail(error);
    }
  }

  #end(stream: ClientHttp2Stream, last?: Uint8Array): void {
    this.#isSending = true;
    const done = (): void => {
      if (!this.isOver) this.#isSending = false;
    };
    if (last === undefined) stream.end(done);
    else stream.end(last, done);
  }

  #fail(error: unknown): void {
    if (this.isOver) return;
    this.#finish();
    if (this.#reset === undefined) this.#stream?.close(constants.NGHTTP2_CANCEL);
    else this.#reset.abort();
    this.#handler.onError(error);
  }

  #finish(): void {
    this.isOver = true;
    this.#body?.return().catch(() => {});
    this.#ground.leave(this);
  }
}

function drained(stream: ClientHttp2Stream): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = (): void => {
    stream.off('drain', done);
    stream.off('close', done);
    resolve();
  };
  stream.once('drain', done);
  stream.once('close', done);
  return promise;
}
