import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { HitCounter } from '../hit-counter.ts';
import { type NumberBounds, numberIn } from './number-in.ts';
import { RequestError } from './request-error.ts';

/** A flat list of header names and values: `['ETag', '"a"', 'Vary', 'Accept']`. */
export type HeaderList = readonly string[];

/** What an exchange knows of the lab it happens in. */
export interface ExchangeContext {
  readonly seed: number;
  readonly hits: HitCounter;
}

/** One request and its response, as a route sees them. Everything that is not always needed is computed when asked for. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Path and query as requested, the key of the hit counter. */
  readonly target: string;
  readonly seed: number;
  readonly hits: HitCounter;
  readonly params: Readonly<Record<string, string>>;
  /** How often this target has been requested, this time included; 0 on routes that are not counted. */
  readonly attempt: number;
  /** The status sent, 0 as long as there is none. */
  status: number = 0;
  #query: URLSearchParams | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    target: string,
    params: Readonly<Record<string, string>>,
    attempt: number,
    context: ExchangeContext,
  ) {
    this.request = request;
    this.response = response;
    this.target = target;
    this.params = params;
    this.attempt = attempt;
    this.seed = context.seed;
    this.hits = context.hits;
  }

  /** The query without its question mark, '' if there is none. */
  get queryText(): string {
    const mark = this.target.indexOf('?');
    return mark < 0 ? '' : this.target.slice(mark + 1);
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.queryText);
    return this.#query;
  }

  /** Scheme and authority by which the client reached the lab. */
  get origin(): string {
    const scheme = 'encrypted' in this.request.socket ? 'https' : 'http';
    return `${scheme}://${this.request.headers.host ?? 'localhost'}`;
  }

  /** The decoded path segment that the route's pattern calls `:name`. */
  param(name: string): string {
    const value = this.params[name];
    if (value === undefined) throw new Error(`the route's pattern has no ':${name}'`);
    return value;
  }

  /** A number from the path; answers 400 if it is not within its bounds. */
  numberParam(name: string, bounds: NumberBounds): number {
    return numberIn(this.param(name), name, bounds);
  }

  /** A number from the query, or `fallback` if it is not there; answers 400 if it is not within its bounds. */
  numberQuery(name: string, fallback: number, bounds: NumberBounds): number {
    const text = this.query.get(name);
    return text === null ? fallback : numberIn(text, name, bounds);
  }

  /** Sends the status line and headers; the body is up to the caller. */
  begin(status: number, headers: HeaderList): void {
    this.#noteStatus(status);
    this.response.writeHead(status, headers as string[]);
  }

  /** Sends a whole response with a Content-Length (none with 204 and 304: RFC 9110, section 8.6). */
  send(status: number, contentType: string, body: string | Buffer, headers: HeaderList = []): void {
    if (this.response.destroyed) return;
    if (status === 204 || status === 304) {
      this.begin(status, headers);
      this.response.end();
      return;
    }
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    this.begin(status, ['Content-Type', contentType, 'Content-Length', String(length), ...headers]);
    this.response.end(body);
  }

  sendJson(status: number, value: unknown, headers?: HeaderList): void {
    this.send(status, 'application/json', `${JSON.stringify(value, null, 2)}\n`, headers);
  }

  sendText(status: number, text: string, headers?: HeaderList): void {
    this.send(status, 'text/plain; charset=utf-8', text, headers);
  }

  /** Takes the connection away from node:http, for what it would not send. `status` counts as sent, 0 is none. */
  takeSocket(status: number): Socket {
    if (this.request.httpVersionMajor > 1) throw new RequestError(505, 'this route needs HTTP/1.1');
    if (status !== 0) this.#noteStatus(status);
    return this.request.socket;
  }

  /** Calls `then` after `ms`, unless the connection closes before. One timer at a time. */
  after(ms: number, then: () => void): void {
    // 'close' is over already: nothing would clear the timer.
    if (this.response.destroyed) return;
    // One listener however many timers follow each other: a slow drip would otherwise pile them up.
    if (this.#timer === undefined) this.response.once('close', () => clearTimeout(this.#timer));
    this.#timer = setTimeout(then, ms);
  }

  #noteStatus(status: number): void {
    this.status = status;
    // A route that is not counted leaves no trace at all: asking for the counts must not change them.
    if (this.attempt > 0) this.hits.countStatus(status);
  }
}
