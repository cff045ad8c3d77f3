import type { TlsFacts } from '../dial/tls-identity.ts';
import type { HeaderList } from '../header-list.ts';
import type { BodySource } from './body-source.ts';

/** One request as a transport sends it: already checked, with every header but `host`, `connection` and `content-length`. */
export interface TransportRequest {
  /** `http://host:port` or `https://host:port`. */
  readonly origin: string;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Name, value, name, value …; latin1. */
  readonly headers: readonly string[];
  readonly body: Uint8Array | BodySource | undefined;
  /** Never over a connection that has served a request before. */
  readonly fresh: boolean;
  /** The largest response head, and the largest chunk framing beyond what the content justifies. */
  readonly maxHeaderBytes: number;
}

/** How a connection is made: the step that it is in. */
export type ConnectPhase = 'dns' | 'connect' | 'tls';

/** What a transport tells of an exchange, in this order; `onEnd` or `onError` is the last, and there is exactly one of them. No callback may throw. */
export interface TransportHandler {
  /** A step of making a new connection begins. Not called when a connection is at hand. */
  onConnecting(phase: ConnectPhase): void;
  /** The request is handed to the socket in this moment: from here on bytes of it may leave. */
  onSent(): void;
  /** A 1xx response. */
  onInformational(status: number): void;
  /** The final response head, its fields as a list or as name, value, name, value … Values are latin1, one character a byte. */
  onHeaders(status: number, headers: HeaderList | readonly string[], httpVersion: string): void;
  /** A piece of the content, without framing. The bytes may be kept. */
  onData(chunk: Uint8Array): void;
  /** The response is whole by its own framing; `unverifiedLength` when only the end of the connection ended it. */
  onEnd(unverifiedLength: boolean): void;
  /** A {@link TransportFailure}, what `abort` was called with, or a bug. */
  onError(error: unknown): void;
}

/** An exchange under way, and what is known of it. The facts stay readable after its end. */
export interface Call {
  /** Ends the exchange at once and destroys its connection; `onError` gets the reason before this returns. Does nothing after the end. */
  abort(reason: unknown): void;
  /**
   * Holds the response back: the socket is not read, so the server has to wait. What was read already may still be told. Does nothing
   * after the end; a server that closes meanwhile may be noticed only after {@link resume}.
   */
  pause(): void;
  /** Goes on after {@link pause}. */
  resume(): void;
  /** The connection had served a request before. */
  readonly reused: boolean;
  /** Remote `address:port`. */
  readonly address: string | undefined;
  /** Undefined for a plain connection. */
  readonly tls: TlsFacts | undefined;
  /** Bytes of this request handed to the kernel or waiting for it. */
  readonly bytesOut: number;
  /** Bytes read for this exchange, heads and framing included. */
  readonly bytesIn: number;
  /** Bytes of this request still wait for the kernel to take them. */
  readonly isSending: boolean;
}

/** Open connections and exchanges of one origin. */
export interface OriginStats {
  readonly open: number;
  readonly inFlight: number;
  /** Exchanges that wait for a connection. */
  readonly waiting: number;
}

/** The wire beneath a session: sends one request at a time over each of its connections. */
export interface Transport {
  /** Begins an exchange. Never throws; the handler's callbacks may come before this returns. */
  dispatch(request: TransportRequest, handler: TransportHandler): Call;
  stats(): Record<string, OriginStats>;
  /** Destroys every connection and fails what is under way; resolves when the sockets are closed. Not to be used afterwards. */
  close(): Promise<void>;
}
