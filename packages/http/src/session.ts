import { cancellable, checkpoint, currentEffectiveDeadline, UsageError } from '@sluice/core';
import { conditionHeaders } from './conditional.ts';
import { SessionCookies } from './cookies/session-cookies.ts';
import { DeadlineList } from './deadline-list.ts';
import { decodeOnThreadPool } from './decode/undo-whole.ts';
import { ACCEPT_ENCODING, type DecodeFunction } from './decode-body.ts';
import { HttpError } from './errors.ts';
import { EvidenceRecord } from './evidence.ts';
import { Flight, type FlightGround, type FlightPlan } from './flight.ts';
import { holdMoment, releaseMoment } from './moment.ts';
import {
  DEFAULT_LIMITS,
  type Limits,
  type RequestOptions,
  resolveLimits,
  type SessionOptions,
  type SharedOptions,
  type StreamOptions,
} from './options.ts';
import type { Reply } from './reply.ts';
import { requestBody } from './request-body.ts';
import { basicAuthorization, RequestHeaders, TOKEN } from './request-headers.ts';
import { type RequestTarget, requestTarget } from './request-target.ts';
import { SessionWires } from './session-wires.ts';
import { BodyQueue } from './stream/body-queue.ts';
import { type Download, download } from './stream/download.ts';
import { StreamedReply } from './stream/streamed-reply.ts';
import { TargetCache } from './target-cache.ts';
import type { OriginStats } from './transport/transport.ts';
import { VERSION } from './version.ts';

/** What a session is doing. */
export interface SessionStats {
  /** Open connections, those being made included. */
  readonly open: number;
  /** Requests under way, those that wait for a connection included. */
  readonly inFlight: number;
  readonly origins: Readonly<Record<string, OriginStats>>;
}

const NO_OPTIONS: RequestOptions = {};

/**
 * Makes requests over kept connections. Every request ends in a {@link Reply} with a complete, verified body, or in an error that says
 * what is known: {@link HttpError}. Cancelling the scope that a request runs in ends it at once and closes its connection.
 *
 * @example
 * await using session = new Session({ timeout: '30s' });
 * const reply = await session.get('https://example.com/');
 * console.log(reply.status, reply.text().length);
 */
export class Session implements AsyncDisposable {
  readonly #options: SessionOptions;
  readonly #limits: Limits;
  readonly #headers: RequestHeaders;
  readonly #decode: DecodeFunction;
  readonly #ground: FlightGround;
  readonly #wires: SessionWires;
  readonly #deadlines = new DeadlineList();
  readonly #targets = new TargetCache();
  #isClosed = false;

  /** @throws UsageError for impossible options, HttpError of class `input` for impossible headers and base URLs. */
  constructor(options: SessionOptions = {}) {
    this.#options = options;
    this.#limits = resolveLimits(options, DEFAULT_LIMITS);
    this.#decode = options.decodeWith ?? decodeOnThreadPool;
    const maxConnectionsPerOrigin = options.maxConnectionsPerOrigin ?? 256;
    const keepAliveMs = options.keepAliveMs ?? 4000;
    if (!(maxConnectionsPerOrigin >= 1)) throw new UsageError('maxConnectionsPerOrigin must be 1 or more');
    if (!(keepAliveMs > 0)) throw new UsageError('keepAliveMs must be more than 0');
    const evidence = new EvidenceRecord('(every request)', 'of this session');
    if (options.baseUrl !== undefined) requestTarget('GET', options.baseUrl, undefined);
    this.#headers = new RequestHeaders();
    this.#headers.set('accept', '*/*');
    if (options.decode !== false) this.#headers.set('accept-encoding', ACCEPT_ENCODING);
    this.#headers.merge({ 'user-agent': options.userAgent ?? `sluice/${VERSION}`, ...options.headers }, evidence);
    authorize(this.#headers, options, evidence);
    this.#wires = new SessionWires(options, maxConnectionsPerOrigin, keepAliveMs);
    this.#ground = {
      transport: this.#wires.usual,
      guardedTransport: () => this.#wires.guarded(),
      proxies: this.#wires.proxies,
      deadlines: this.#deadlines,
      cookies: options.cookies ? new SessionCookies(options.cookies) : undefined,
      hooks: options.hooks,
      inFlight: 0,
    };
  }

  /** A GET request; see {@link request}. */
  get(url: string | URL, options?: RequestOptions): Promise<Reply> {
    return this.request('GET', url, options);
  }

  /** A HEAD request: the reply has headers and no body. Its connection is not kept. */
  head(url: string | URL, options?: RequestOptions): Promise<Reply> {
    return this.request('HEAD', url, options);
  }

  /** An OPTIONS request. */
  options(url: string | URL, options?: RequestOptions): Promise<Reply> {
    return this.request('OPTIONS', url, options);
  }

  /** A DELETE request. */
  delete(url: string | URL, options?: RequestOptions): Promise<Reply> {
    return this.request('DELETE', url, options);
  }

  /** A POST request. It is never sent again by itself. */
  post(url: string | URL, options?: RequestOptions): Promise<Reply> {
    return this.request('POST', url, options);
  }

  /** A PUT request. */
  put(url: string | URL, options?: RequestOptions): Promise<Reply> {
    return this.request('PUT', url, options);
  }

  /** A PATCH request. It is never sent again by itself. */
  patch(url: string | URL, options?: RequestOptions): Promise<Reply> {
    return this.request('PATCH', url, options);
  }

  /**
   * Makes a request. Any status is a reply; see {@link Reply.requireOk}.
   *
   * @throws HttpError when there is no verified reply; CancelledError when the current scope is cancelled (before anything is sent, if it
   * was cancelled already); UsageError for options that contradict each other and after `close()`.
   */
  request(method: string, url: string | URL, options: RequestOptions = NO_OPTIONS): Promise<Reply> {
    if (this.#isClosed) return Promise.reject(new UsageError('the session is closed; make a new one'));
    // A scope that is cancelled refuses here, before anything happens.
    if (currentEffectiveDeadline() === Number.NEGATIVE_INFINITY) return checkpoint() as Promise<never>;
    // No async function: each layer of one costs a promise and a turn a request.
    const holds = holdMoment();
    try {
      const flight = new Flight(this.#plan(method, url, options), this.#ground);
      const answer = flight as unknown as PromiseLike<Reply>;
      return cancellable(answer, { onCancel: (reason) => flight.cancel(reason) });
    } catch (error) {
      return Promise.reject(error);
    } finally {
      if (holds) releaseMoment();
    }
  }

  /**
   * Makes a request (GET, unless `method` says otherwise) whose body is read piece by piece. It resolves when the head is there. The server
   * waits while the reader is busy, and only the deadline of the whole request (`timeout`) counts meanwhile: set it for large bodies, and
   * `maxBodyBytes` too. See {@link StreamedReply}.
   *
   * @throws as {@link request}; what goes wrong in the body is thrown where it is read.
   */
  async stream(url: string | URL, options: StreamOptions = NO_OPTIONS): Promise<StreamedReply> {
    if (this.#isClosed) throw new UsageError('the session is closed; make a new one');
    await checkpoint();
    const queue = new BodyQueue();
    const plan = { ...this.#plan(options.method ?? 'GET', url, options), tap: queue };
    const flight = new Flight(plan, this.#ground);
    flight.then(
      () => queue.end(),
      (error) => queue.fail(error),
    );
    const cancel = (reason: unknown): void => flight.cancel(reason);
    const head = await cancellable(queue.head, { onCancel: cancel });
    const { evidence, limits } = plan;
    return new StreamedReply({ head, queue, evidence, limits, decodes: plan.decode !== undefined, cancel });
  }

  /**
   * Gets a body into a file. It is written under another name beside `path`, brought to the disk, and takes the name only when it is
   * complete and checked: whatever fails, `path` is what it was before.
   *
   * @throws as {@link stream}; HttpStatusError for a status that is not 2xx; HttpError `SLUICE_HTTP_FILE` (class `local`) when the file
   * cannot be written.
   * @example
   * const { bytes } = await session.download('https://example.com/big.zip', 'big.zip', { timeout: '10m', maxBodyBytes: 1e9 });
   */
  async download(url: string | URL, path: string, options: StreamOptions = NO_OPTIONS): Promise<Download> {
    await using reply = await this.stream(url, options);
    return await download(reply, path);
  }

  /** Connections and requests at this moment. */
  stats(): SessionStats {
    const origins = this.#wires.stats();
    let open = 0;
    for (const origin of Object.values(origins)) open += origin.open;
    return { open, inFlight: this.#ground.inFlight, origins };
  }

  /**
   * Ends the session: what is under way fails with `SLUICE_HTTP_SESSION_CLOSED`, every connection is closed. Resolves when the sockets are
   * gone; nothing cancels it. A second call does nothing more.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#wires.close();
    this.#deadlines.close();
  }

  /** The same as {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #target(method: string, url: string | URL, query: RequestOptions['query']): RequestTarget {
    const known = typeof url === 'string' && query === undefined ? this.#targets.read(url) : undefined;
    if (known !== undefined) return known;
    const target = requestTarget(method, url, this.#options.baseUrl, query);
    this.#targets.learn(target);
    return target;
  }

  #plan(method: string, url: string | URL, options: RequestOptions): FlightPlan {
    const target = this.#target(method, url, options.query);
    const evidence = new EvidenceRecord(method, target.url);
    options.onEvidence?.(evidence);
    // TRACE and CONNECT answer with something that is no body of a resource.
    if ((method !== 'GET' && !TOKEN.test(method)) || method === 'CONNECT' || method === 'TRACE') {
      throw new HttpError('SLUICE_HTTP_BAD_METHOD', `the method ${JSON.stringify(method)} cannot be used`, {
        evidence,
      });
    }
    const decodesUsually = this.#options.decode ?? true;
    const decodes = options.decode ?? decodesUsually;
    const body = requestBody(options, evidence);
    const isAsUsual =
      target.userinfo === undefined && body === undefined && decodes === decodesUsually && !changesHeaders(options);
    const headers = isAsUsual ? this.#headers : this.#headers.copy();
    if (decodes && !decodesUsually) headers.set('accept-encoding', ACCEPT_ENCODING);
    else if (!decodes) headers.delete('accept-encoding');
    if (target.userinfo !== undefined) headers.set('authorization', basicAuthorization(target.userinfo));
    if (!isAsUsual) {
      if (options.headers !== undefined) headers.merge(options.headers, evidence);
      authorize(headers, options, evidence);
      if (options.ifNoneMatch !== undefined || options.ifModifiedSince !== undefined) {
        headers.merge(conditionHeaders(options, evidence), evidence);
      }
      if (options.idempotencyKey !== undefined) headers.merge({ 'idempotency-key': options.idempotencyKey }, evidence);
    }
    if (body?.contentType !== undefined && !headers.has('content-type')) headers.set('content-type', body.contentType);
    return {
      method,
      target,
      headers,
      body: body?.bytes,
      limits: resolveLimits(options, this.#limits),
      redirect: options.redirect ?? this.#options.redirect ?? 'follow',
      decode: decodes ? this.#decode : undefined,
      guarded: options.discovered ?? false,
      evidence,
    };
  }
}

function changesHeaders(options: RequestOptions): boolean {
  return (
    options.headers !== undefined ||
    options.bearer !== undefined ||
    options.auth !== undefined ||
    options.ifNoneMatch !== undefined ||
    options.ifModifiedSince !== undefined ||
    options.idempotencyKey !== undefined
  );
}

function authorize(headers: RequestHeaders, options: SharedOptions, evidence: EvidenceRecord): void {
  const { bearer, auth } = options;
  if (bearer !== undefined && auth !== undefined) throw new UsageError('give bearer or auth, not both');
  if (bearer !== undefined) headers.merge({ authorization: `Bearer ${bearer}` }, evidence);
  else if (auth !== undefined) headers.set('authorization', basicAuthorization(auth));
}
