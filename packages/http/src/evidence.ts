import { moment } from './moment.ts';

/** How far a request came: each phase begins where the one before it ended. */
export type Phase = 'dns' | 'connect' | 'tls' | 'send' | 'wait' | 'headers' | 'body' | 'decode';

/** Where the time of the last exchange went, in milliseconds. A phase that was not reached is missing; the one that failed has its time. */
export interface Timings {
  /** Name lookup; this and the next two are missing when the connection was reused. */
  readonly dnsMs?: number;
  /** Connecting, the proxy's answer to CONNECT included. */
  readonly connectMs?: number;
  readonly tlsMs?: number;
  /** From the request's first byte to the final response head, or to the failure. */
  readonly waitMs?: number;
  /** From the response head to the end of the body, or to the failure. */
  readonly bodyMs?: number;
}

/** What was seen of one request, redirects and retries of ours included. Every reply and every {@link HttpError} carries it. */
export interface Evidence {
  readonly method: string;
  /** The URL of the last exchange, without user, password and fragment. */
  readonly url: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** The last phase that was reached. */
  readonly phase: Phase;
  readonly timings: Timings;
  /** Bytes of responses read from the wire, heads and framing included. */
  readonly bytesIn: number;
  /** Bytes of requests written to the wire, heads included. */
  readonly bytesOut: number;
  /** The last exchange went over a connection that had served one before. */
  readonly reused: boolean;
  /** Remote address and port of the last exchange, when it had a connection. */
  readonly address?: string;
  /** Requests put on the wire: redirect hops, the free keep-alive retry and the retry without compression count. */
  readonly requests: number;
  /** At least a byte of a request may have left. False is certain. */
  readonly sent: boolean;
  /** The error's code, when it failed. */
  readonly code?: string;
  /** `'1.0'`, `'1.1'` or `'2'`, when a response to the last exchange began. */
  readonly httpVersion?: string;
  /** `TLSv1.2` or `TLSv1.3`, when the last exchange went over TLS. */
  readonly tlsVersion?: string;
  /** The protocol that ALPN agreed on: `http/1.1` or `h2`. */
  readonly alpn?: string;
  /** The body ended with the connection: nothing on the wire says that it is whole. */
  readonly unverifiedLength?: boolean;
}

/** Every exchange has an object of its own. */
const NO_TIMINGS = {};

/** The evidence while it is gathered: the request fills it in, its caller sees an {@link Evidence}. */
export class EvidenceRecord implements Evidence {
  method: string;
  url: string;
  readonly startedAt: number = Date.now();
  durationMs = 0;
  phase: Phase = 'connect';
  timings: { dnsMs?: number; connectMs?: number; tlsMs?: number; waitMs?: number; bodyMs?: number } = NO_TIMINGS;
  bytesIn = 0;
  bytesOut = 0;
  reused = false;
  declare address?: string;
  requests = 0;
  sent = false;
  declare code?: string;
  declare httpVersion?: string;
  declare tlsVersion?: string;
  declare alpn?: string;
  declare unverifiedLength?: boolean;
  readonly #begunAt: number = moment();

  constructor(method: string, url: string) {
    this.method = method;
    this.url = url;
  }

  /** When the request began, on the clock of `performance.now()`. */
  get begunAt(): number {
    return this.#begunAt;
  }

  /** Another exchange begins: what was seen of the one before it alone is forgotten. */
  beginExchange(): void {
    this.phase = 'connect';
    this.timings = {};
    this.reused = false;
    if (this.requests === 0) return;
    delete this.address;
    delete this.httpVersion;
    delete this.tlsVersion;
    delete this.alpn;
    delete this.unverifiedLength;
  }

  /** Closes the record. */
  finish(code?: string): this {
    this.durationMs = moment() - this.#begunAt;
    if (code !== undefined) this.code = code;
    return this;
  }
}
