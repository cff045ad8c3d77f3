import type { Dialer } from '../dial/dialer.ts';
import type { Connected, Dial } from '../dial/dialing.ts';
import { routeOf } from '../dial/proxy-table.ts';
import type { Call, ConnectPhase, OriginStats } from '../transport/transport.ts';
import type { CallQueue, Http2Call } from './http2-call.ts';
import { Http2Connection, type Http2Owner } from './http2-connection.ts';

/** What an origin has of its transport. */
export interface Http2Ground {
  readonly dialer: Dialer;
  readonly keepAliveMs: number;
  readonly beatMs: number;
  readonly maxStreams: number;
  inContext<R>(fn: () => R): R;
  sendOverHttp1(call: Http2Call): Call;
  /** The server has no HTTP/2, as ALPN says. */
  onHttp1(origin: Http2Origin): void;
  /** Nothing is left of the origin. */
  onEmpty(origin: Http2Origin): void;
}

const BEST_FIRST: readonly string[] = ['h2', 'http/1.1'];

/** One origin: its HTTP/2 connection, the next one that is being made, and the calls that wait for room. */
export class Http2Origin implements Http2Owner, CallQueue {
  readonly name: string;
  readonly authority: string;
  readonly #ground: Http2Ground;
  /** More than one only while those before end what they have begun: a client should not have two (RFC 9113 9.1). */
  readonly #connections: Set<Http2Connection> = new Set();
  readonly #waiting: Set<Http2Call> = new Set();
  /** Those that a server has sent back: they came before those that wait. */
  readonly #sentBack: Set<Http2Call> = new Set();
  #dial: Dial | undefined;
  #phase: ConnectPhase | undefined;

  constructor(name: string, ground: Http2Ground) {
    this.name = name;
    this.#ground = ground;
    this.authority = name.slice(name.indexOf('//') + 2);
  }

  get keepAliveMs(): number {
    return this.#ground.keepAliveMs;
  }

  get beatMs(): number {
    return this.#ground.beatMs;
  }

  get maxStreams(): number {
    return this.#ground.maxStreams;
  }

  place(call: Http2Call): void {
    if (call.request.fresh) for (const connection of [...this.#connections]) connection.retire();
    this.#enqueue(call, this.#waiting);
  }

  placeAgain(call: Http2Call): void {
    this.#enqueue(call, this.#sentBack);
  }

  #enqueue(call: Http2Call, queue: Set<Http2Call>): void {
    queue.add(call);
    if (this.#phase !== undefined) call.onConnecting(this.#phase);
    this.onRoom();
  }

  onRoom(): void {
    for (const queue of [this.#sentBack, this.#waiting]) {
      for (const call of queue) {
        const connection = this.#usable();
        if (!connection?.hasRoom) break;
        queue.delete(call);
        call.sendOver(connection);
      }
    }
    if (this.#waits && this.#usable() === undefined) this.#connect();
  }

  get #waits(): boolean {
    return this.#waiting.size + this.#sentBack.size > 0;
  }

  onGone(connection: Http2Connection): void {
    this.#connections.delete(connection);
    this.onRoom();
    this.#forgetIfEmpty();
  }

  sendOverHttp1(call: Http2Call): Call {
    return this.#ground.sendOverHttp1(call);
  }

  drop(call: Http2Call): void {
    if (!this.#waiting.delete(call)) this.#sentBack.delete(call);
    if (!this.#waits) this.#stopDialing();
  }

  stats(): OriginStats {
    let inFlight = 0;
    for (const connection of this.#connections) inFlight += connection.inFlight;
    const dialing = this.#dial === undefined ? 0 : 1;
    return { open: this.#connections.size + dialing, inFlight, waiting: this.#waiting.size + this.#sentBack.size };
  }

  async close(reason: unknown): Promise<void> {
    for (const call of this.#allWaiting()) call.abort(reason);
    await Promise.all([...this.#connections].map((connection) => connection.close(reason)));
  }

  #usable(): Http2Connection | undefined {
    for (const connection of this.#connections) if (connection.isUsable) return connection;
    return undefined;
  }

  #connect(): void {
    if (this.#dial !== undefined) return;
    let isOver = false;
    const over = (): void => {
      isOver = true;
      this.#settle();
    };
    const dial = this.#ground.inContext(() =>
      this.#ground.dialer.dial(
        { ...routeOf(this.name), alpn: BEST_FIRST },
        {
          onPhase: (phase) => {
            this.#phase = phase;
            for (const call of this.#allWaiting()) call.onConnecting(phase);
          },
          onOpen: (connected) => {
            over();
            this.#onOpen(connected);
          },
          onFailure: (failure) => {
            over();
            for (const call of this.#takeWaiting()) call.fail(failure);
            this.#forgetIfEmpty();
          },
        },
      ),
    );
    if (isOver) return;
    this.#dial = dial;
    // Told of a phase, the last who waited may have gone.
    if (!this.#waits) this.#stopDialing();
  }

  #onOpen(connected: Connected): void {
    if (connected.tls?.alpn === 'h2') {
      this.#connections.add(this.#ground.inContext(() => new Http2Connection(connected, this)));
      this.onRoom();
      return;
    }
    // The other wire makes its connections itself; this one has only asked.
    connected.socket.destroy();
    this.#ground.onHttp1(this);
    for (const call of this.#takeWaiting()) call.sendOverHttp1();
  }

  #stopDialing(): void {
    this.#dial?.cancel();
    this.#settle();
    this.#forgetIfEmpty();
  }

  #settle(): void {
    this.#dial = undefined;
    this.#phase = undefined;
  }

  #takeWaiting(): Http2Call[] {
    const waiting = this.#allWaiting();
    this.#waiting.clear();
    this.#sentBack.clear();
    return waiting;
  }

  #allWaiting(): Http2Call[] {
    return [...this.#sentBack, ...this.#waiting];
  }

  #forgetIfEmpty(): void {
    if (this.#connections.size === 0 && this.#waiting.size === 0 && this.#dial === undefined)
      this.#ground.onEmpty(this);
  }
}
