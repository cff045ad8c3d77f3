import type { HeaderList } from '../header-list.ts';
import { TransportFailure } from '../transport/transport-failure.ts';
import { ChunkedReader } from './chunked-reader.ts';
import { HeadScanner } from './head-scanner.ts';
import { readHead } from './response-head.ts';

/** What a parser tells, in this order. The end is asked for: {@link ResponseParser.isComplete}. */
export interface ResponseSink {
  /** Nobody wants to know any more: the parser stops. */
  readonly isOver: boolean;
  onInformational(status: number): void;
  onHeaders(status: number, headers: HeaderList, httpVersion: string): void;
  /** A piece of the content. The bytes change as soon as this returns. */
  onContent(bytes: Buffer, from: number, to: number): void;
}

type State = 'idle' | 'head' | 'length' | 'chunked' | 'close' | 'complete';

/**
 * Reads one response after the other as RFC 9112 says and not otherwise: bytes in, events out, nothing else. Where the RFC lets a recipient
 * guess, this one refuses, since a wrong guess about where a message ends is a wrong answer to somebody.
 *
 * @example
 * parser.begin(sink, false, 65_536);
 * const next = parser.push(bytes, bytes.length);
 * if (parser.isComplete && next === bytes.length && parser.isPersistent) reuse();
 */
export class ResponseParser {
  readonly #scanner = new HeadScanner();
  #chunked: ChunkedReader | undefined;
  #state: State = 'idle';
  #sink: ResponseSink | undefined;
  #isHeadRequest = false;
  #maxHeadBytes = 0;
  /** A head that came in pieces, as far as it came. */
  #held: Buffer | undefined;
  #heldLength = 0;
  #remaining = 0;
  #isPersistent = false;
  #keepAliveMs: number | undefined;

  /** Where it is in a response. */
  get state(): State {
    return this.#state;
  }

  /** The response has come to its end. */
  get isComplete(): boolean {
    return this.#state === 'complete';
  }

  /** The final head was read. */
  get hasHead(): boolean {
    return this.#state !== 'head' && this.#state !== 'idle';
  }

  /** The connection may be used again once the response is complete: its framing left no doubt, and the server agrees. */
  get isPersistent(): boolean {
    return this.#isPersistent;
  }

  /** The server's `Keep-Alive: timeout` in milliseconds, if it gave one. */
  get keepAliveMs(): number | undefined {
    return this.#keepAliveMs;
  }

  /** A response is expected. `maxHeadBytes` bounds each head, and the chunk framing beyond what the content justifies. */
  begin(sink: ResponseSink, isHeadRequest: boolean, maxHeadBytes: number): void {
    this.#sink = sink;
    this.#isHeadRequest = isHeadRequest;
    this.#maxHeadBytes = maxHeadBytes;
    this.#isPersistent = false;
    this.#keepAliveMs = undefined;
    this.#state = 'head';
    this.#scanner.reset();
    this.#held = undefined;
  }

  /**
   * Takes the next bytes, from 0 to `end`. It may move content about in them.
   *
   * @returns how many of them belong to this response: less than `end` only once it is complete, or nobody wants to know any more.
   * @throws TransportFailure at the first byte that is not as it must be.
   */
  push(bytes: Buffer, end: number): number {
    let source = bytes;
    let pos = 0;
    let limit = end;
    if (this.#held !== undefined) {
      const before = this.#heldLength;
      this.#hold(bytes, 0, end);
      source = this.#held;
      limit = this.#heldLength;
      pos = this.#readHeads(source, 0, limit);
      if (this.#state === 'head') return end;
      this.#held = undefined;
      const used = this.#readBody(source, pos, limit);
      return used - before;
    }
    if (this.#state === 'head') {
      pos = this.#readHeads(source, 0, limit);
      if (this.#state === 'head') return end;
    }
    return this.#readBody(source, pos, limit);
  }

  /**
   * The connection ended in order.
   *
   * @returns true when that completes the response, which only a body without any framing of its own allows (RFC 9112 8).
   * @throws TransportFailure when it does not.
   */
  finish(): true {
    if (this.#state === 'close') {
      this.#state = 'complete';
      return true;
    }
    throw this.hasHead
      ? new TransportFailure('truncated', 'the connection ended before the body did')
      : new TransportFailure('closed', 'the server closed the connection');
  }

  /** Reads 1xx heads and the final one, beginning at `base`; the state tells whether the final one was there. */
  #readHeads(bytes: Buffer, base: number, end: number): number {
    const scanner = this.#scanner;
    for (;;) {
      const headEnd = scanner.scan(bytes, base, end);
      if ((headEnd < 0 ? end : headEnd) - base > this.#maxHeadBytes) {
        throw new TransportFailure('headers-overflow', `the response head is larger than ${this.#maxHeadBytes} bytes`);
      }
      if (headEnd < 0) {
        this.#keepFrom(bytes, base, end);
        return end;
      }
      const { status } = scanner;
      if (status >= 200) {
        this.#beginBody(bytes, base, headEnd);
        return headEnd;
      }
      if (status === 101) {
        throw new TransportFailure('upgrade', 'the server switched protocols, and nobody asked it to (RFC 9110 7.8)');
      }
      // RFC 9110 15.2: a client has to take any number of 1xx responses, asked for or not; how many is the sink's to bound.
      scanner.reset();
      base = headEnd;
      this.#sink!.onInformational(status);
      if (this.#sink!.isOver) {
        this.#state = 'complete';
        return headEnd;
      }
      if (base === end) {
        this.#held = undefined;
        return end;
      }
    }
  }

  #beginBody(bytes: Buffer, base: number, headEnd: number): void {
    const scanner = this.#scanner;
    const head = readHead(scanner, bytes.toString('latin1', base, headEnd), this.#isHeadRequest);
    this.#isPersistent = head.isPersistent;
    this.#keepAliveMs = head.keepAliveMs;
    this.#remaining = head.length;
    if (head.framing === 'none' || (head.framing === 'length' && head.length === 0)) this.#state = 'complete';
    else this.#state = head.framing;
    if (head.framing === 'chunked') {
      this.#chunked ??= new ChunkedReader();
      this.#chunked.reset(2 * this.#maxHeadBytes);
    }
    this.#sink!.onHeaders(scanner.status, head.headers, scanner.minor === 1 ? '1.1' : '1.0');
  }

  #readBody(bytes: Buffer, from: number, end: number): number {
    if (from === end || this.#sink!.isOver) return from;
    switch (this.#state) {
      case 'length': {
        const to = Math.min(end, from + this.#remaining);
        this.#remaining -= to - from;
        if (this.#remaining === 0) this.#state = 'complete';
        this.#sink!.onContent(bytes, from, to);
        return to;
      }
      case 'chunked': {
        const chunked = this.#chunked!;
        const to = chunked.read(bytes, from, end);
        if (chunked.isDone) this.#state = 'complete';
        if (chunked.contentEnd > from) this.#sink!.onContent(bytes, from, chunked.contentEnd);
        return to;
      }
      case 'close':
        this.#sink!.onContent(bytes, from, end);
        return end;
      default:
        return from;
    }
  }

  /** The head that begins at `base` is not whole: keeps what there is of it. */
  #keepFrom(bytes: Buffer, base: number, end: number): void {
    if (bytes === this.#held) {
      // 1xx heads before it are done with.
      bytes.copyWithin(0, base, end);
      this.#heldLength = end - base;
      return;
    }
    this.#held = Buffer.allocUnsafe(Math.max(1024, 2 * (end - base)));
    this.#heldLength = 0;
    this.#hold(bytes, base, end);
  }

  #hold(bytes: Buffer, from: number, end: number): void {
    const length = this.#heldLength + end - from;
    if (length > this.#held!.length) {
      const larger = Buffer.allocUnsafe(2 * length);
      this.#held!.copy(larger, 0, 0, this.#heldLength);
      this.#held = larger;
    }
    bytes.copy(this.#held!, this.#heldLength, from, end);
    this.#heldLength = length;
  }
}
