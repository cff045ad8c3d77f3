import { type ClientHttp2Session, type ClientHttp2Stream, connect, type OutgoingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import type { Connected } from '../dial/dialing.ts';
import type { TlsFacts } from '../dial/tls-identity.ts';
import type { TransportHandler, TransportRequest } from '../transport/transport.ts';
import { Heartbeat } from './heartbeat.ts';
import { Http2Stream, type StreamGround, type StreamOwner } from './http2-stream.ts';

/** What a connection asks and tells its origin. */
export interface Http2Owner {
  readonly name: string;
  readonly authority: string;
  readonly keepAliveMs: number;
  readonly beatMs: number;
  readonly maxStreams: number;
  /** Streams have ended, or more are allowed: who waits may go on. */
  onRoom(): void;
  onGone(connection: Http2Connection): void;
}

const KIB = 1024;
/**
 * Far beyond what a request allows: what node:http2 itself finds too large it resets as a server does that wants fewer requests
 * (ENHANCE_YOUR_CALM), and the two cannot be told apart.
 */
const MAX_HEADER_LIST_BYTES = 8 * KIB * KIB;
const MAX_FIELDS = 100_000;
const MAX_REQUEST_HEAD_BYTES = KIB * KIB;
/** How far the server may be ahead of a reader (RFC 9113 5.2): 64 KiB, the default, is a round trip for each 64 KiB. */
const STREAM_WINDOW = KIB * KIB;
const CONNECTION_WINDOW = 16 * KIB * KIB;
/** MiB of node:http2's own; its default of 10 refuses streams when large bodies go both ways. */
const MAX_SESSION_MEMORY = 256;

/** One HTTP/2 connection: many exchanges at once. */
export class Http2Connection implements StreamGround {
  readonly address: string | undefined;
  readonly tls: TlsFacts | undefined;
  error: unknown;
  lastStreamId: number = Number.POSITIVE_INFINITY;
  hasAnswered = false;
  readonly #owner: Http2Owner;
  readonly #session: ClientHttp2Session;
  readonly #socket: Socket;
  readonly #streams: Set<Http2Stream> = new Set();
  readonly #heartbeat: Heartbeat;
  #served = 0;
  /** RFC 9113 5.1.2. The first request does not wait for the server's settings, which are the first that it sends; the others do. */
  #allowed = 1;
  #isRetired = false;
  #isGone = false;
  #idle: NodeJS.Timeout | undefined;

  constructor({ socket, address, tls }: Connected, owner: Http2Owner) {
    this.#owner = owner;
    this.address = address;
    this.tls = tls;
    const session = connect(owner.name, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW, maxHeaderListSize: MAX_HEADER_LIST_BYTES },
      maxHeaderListPairs: MAX_FIELDS,
      maxSendHeaderBlockLength: MAX_REQUEST_HEAD_BYTES,
      maxSessionMemory: MAX_SESSION_MEMORY,
    });
    this.#session = session;
    this.#socket = socket;
    // After a TLS alert node:http2 gives the session up and leaves the socket open.
    socket.on('error', (error) => {
      this.error ??= error;
      socket.destroy();
    });
    this.#heartbeat = new Heartbeat(owner.beatMs, {
      ping: (onAnswer) => {
        if (!session.destroyed) session.ping((error) => error ?? onAnswer());
      },
      onDead: () => session.destroy(new Error(`no sign of life for ${2 * owner.beatMs} ms, and no answer to PING`)),
    });
    session.once('connect', () => session.setLocalWindowSize(CONNECTION_WINDOW));
    session.on('error', (error) => {
      this.error ??= error;
    });
    session.on('goaway', (_code, lastStreamId) => {
      this.#isRetired = true;
      this.lastStreamId = Math.min(this.lastStreamId, lastStreamId);
    });
    session.on('remoteSettings', ({ maxConcurrentStreams }) => {
      this.#allowed = Math.min(maxConcurrentStreams ?? Number.POSITIVE_INFINITY, owner.maxStreams);
      owner.onRoom();
    });
    session.on('close', () => {
      this.#isRetired = true;
      this.#isGone = true;
      clearTimeout(this.#idle);
      this.#heartbeat.stop();
      owner.onGone(this);
    });
    this.#rest();
  }

  get hasRoom(): boolean {
    return this.isUsable && this.#streams.size < this.#allowed;
  }

  get isUsable(): boolean {
    return !this.#isRetired && !this.#session.closed && !this.#session.destroyed;
  }

  get inFlight(): number {
    return this.#streams.size;
  }

  /** Sends a request. What becomes of it may be told before this returns. */
  send(request: TransportRequest, handler: TransportHandler, owner: StreamOwner): Http2Stream {
    if (this.#streams.size === 0) {
      clearTimeout(this.#idle);
      this.#session.ref();
      this.#heartbeat.start();
    }
    const stream = new Http2Stream(request, handler, owner, this, this.#served++ > 0);
    this.#streams.add(stream);
    return stream;
  }

  open(headers: OutgoingHttpHeaders, options: { endStream: boolean; signal?: AbortSignal }): ClientHttp2Stream {
    return this.#session.request(headers, options);
  }

  onAlive(): void {
    this.#heartbeat.hear();
  }

  onAnswer(): void {
    this.hasAnswered = true;
  }

  leave(stream: Http2Stream): void {
    this.#streams.delete(stream);
    if (this.#streams.size === 0) this.#rest();
    this.#owner.onRoom();
  }

  /** No new exchanges; it closes when the last is over. */
  retire(): void {
    this.#isRetired = true;
    if (this.#streams.size === 0) this.#session.destroy();
  }

  /** Fails what is under way; resolves when the socket is closed. */
  async close(reason: unknown): Promise<void> {
    this.#isRetired = true;
    for (const stream of [...this.#streams]) stream.abort(reason);
    if (this.#isGone) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#session.once('close', resolve);
    this.#session.destroy();
    this.#socket.destroy();
    await promise;
  }

  /** Connections do not keep the process alive, exchanges do. */
  #rest(): void {
    this.#heartbeat.stop();
    if (this.#session.destroyed) return;
    if (this.#isRetired) {
      this.#session.destroy();
      return;
    }
    this.#session.unref();
    this.#idle = setTimeout(() => this.retire(), this.#owner.keepAliveMs).unref();
  }
}
