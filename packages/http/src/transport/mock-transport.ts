import { checkedChunks } from './body-source.ts';
import type { Call, ConnectPhase, OriginStats, Transport, TransportHandler, TransportRequest } from './transport.ts';
import { TransportFailure } from './transport-failure.ts';

/** One thing that a scripted server does. */
export type MockEvent =
  | { readonly type: 'connecting'; readonly phase: ConnectPhase }
  | { readonly type: 'sent'; readonly reused?: boolean; readonly address?: string }
  | { readonly type: 'informational'; readonly status: number }
  | {
      readonly type: 'headers';
      readonly status: number;
      readonly headers?: readonly string[];
      readonly httpVersion?: string;
    }
  | { readonly type: 'data'; readonly chunk: Uint8Array | string }
  | { readonly type: 'end'; readonly unverifiedLength?: boolean }
  | { readonly type: 'error'; readonly error: unknown }
  | { readonly type: 'delay'; readonly ms: number };

/** What the mock does with a request: the events of its exchange, in order. A script without `end` or `error` never ends. */
export type MockScript = (request: TransportRequest) => Iterable<MockEvent>;

/**
 * A transport without a network, for tests: each request plays a script.
 *
 * @example
 * const transport = new MockTransport(() => mockReply(200, 'hello'));
 * const session = new Session({ transport });
 */
export class MockTransport implements Transport {
  /** Every request that was dispatched. */
  readonly requests: TransportRequest[] = [];
  readonly #script: MockScript;
  readonly #calls: Set<MockCall> = new Set();

  constructor(script: MockScript) {
    this.#script = script;
  }

  dispatch(request: TransportRequest, handler: TransportHandler): Call {
    this.requests.push(request);
    const call = new MockCall(request, handler, this.#script(request)[Symbol.iterator](), () =>
      this.#calls.delete(call),
    );
    this.#calls.add(call);
    // A real wire never answers before dispatch has returned.
    queueMicrotask(() => call.play());
    return call;
  }

  stats(): Record<string, OriginStats> {
    const stats: Record<string, { open: number; inFlight: number; waiting: number }> = {};
    for (const call of this.#calls) {
      stats[call.origin] ??= { open: 0, inFlight: 0, waiting: 0 };
      const origin = stats[call.origin]!;
      origin.open++;
      origin.inFlight++;
    }
    return stats;
  }

  async close(): Promise<void> {
    for (const call of [...this.#calls]) call.abort(new TransportFailure('shut', 'the transport was closed'));
  }
}

/** The events of a plain reply over a new connection. */
export function* mockReply(
  status: number,
  body: Uint8Array | string = '',
  headers: readonly string[] = [],
): Generator<MockEvent, undefined, undefined> {
  yield { type: 'connecting', phase: 'connect' };
  yield { type: 'sent', address: '192.0.2.1:80' };
  yield { type: 'headers', status, headers };
  yield { type: 'data', chunk: body };
  yield { type: 'end' };
}

class MockCall implements Call {
  readonly origin: string;
  reused = false;
  address: string | undefined;
  readonly tls = undefined;
  bytesOut = 0;
  bytesIn = 0;
  isSending = false;
  readonly #request: TransportRequest;
  readonly #handler: TransportHandler;
  readonly #events: Iterator<MockEvent>;
  readonly #onOver: () => void;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  #isPaused = false;
  #body: AsyncGenerator<Uint8Array, void, undefined> | undefined;

  constructor(request: TransportRequest, handler: TransportHandler, events: Iterator<MockEvent>, onOver: () => void) {
    this.origin = request.origin;
    this.#request = request;
    this.#handler = handler;
    this.#events = events;
    this.#onOver = onOver;
  }

  abort(reason: unknown): void {
    if (this.#isOver) return;
    this.#finish();
    this.#handler.onError(reason);
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    if (this.#timer === undefined && !this.isSending) this.play();
  }

  play(): void {
    while (!this.#isOver && !this.#isPaused && !this.isSending) {
      const { done, value: event } = this.#events.next();
      if (done) return;
      if (event.type === 'delay') {
        this.#timer = setTimeout(() => {
          this.#timer = undefined;
          this.play();
        }, event.ms);
        return;
      }
      this.#perform(event);
    }
  }

  #perform(event: Exclude<MockEvent, { type: 'delay' }>): void {
    const handler = this.#handler;
    switch (event.type) {
      case 'connecting':
        handler.onConnecting(event.phase);
        break;
      case 'sent':
        this.reused = event.reused ?? false;
        this.address = event.address;
        this.bytesOut = this.#request.path.length;
        handler.onSent();
        this.#send();
        break;
      case 'informational':
        this.bytesIn++;
        handler.onInformational(event.status);
        break;
      case 'headers':
        this.bytesIn++;
        handler.onHeaders(event.status, event.headers ?? [], event.httpVersion ?? '1.1');
        break;
      case 'data': {
        const chunk = typeof event.chunk === 'string' ? Buffer.from(event.chunk) : event.chunk;
        this.bytesIn += chunk.length;
        handler.onData(chunk);
        break;
      }
      case 'end':
        this.#finish();
        handler.onEnd(event.unverifiedLength ?? false);
        break;
      case 'error':
        this.#finish();
        handler.onError(event.error);
        break;
    }
  }

  #send(): void {
    const { body } = this.#request;
    if (body === undefined || this.#isOver) return;
    if (body instanceof Uint8Array) {
      this.bytesOut += body.length;
      return;
    }
    this.isSending = true;
    this.#body = checkedChunks(body);
    void this.#read(this.#body);
  }

  /** A streamed body is read whole before the script goes on. */
  async #read(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const chunk of chunks) {
        if (this.#isOver) return;
        this.bytesOut += chunk.length;
      }
      this.isSending = false;
      this.play();
    } catch (error) {
      this.abort(error);
    }
  }

  #finish(): void {
    this.#isOver = true;
    this.isSending = false;
    void this.#body?.return();
    clearTimeout(this.#timer);
    this.#onOver();
  }
}
