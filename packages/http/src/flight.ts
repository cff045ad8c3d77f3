import type { SessionCookies } from './cookies/session-cookies.ts';
import type { DeadlineList } from './deadline-list.ts';
import { DecodeFailure, type DecodeFunction, decodeBody } from './decode-body.ts';
import { forwardedRequest } from './dial/forwarded-request.ts';
import type { ProxyTable } from './dial/proxy-table.ts';
import { HttpError } from './errors.ts';
import type { EvidenceRecord } from './evidence.ts';
import { Exchange, type ExchangeOwner, type RawReply } from './exchange.ts';
import type { HeaderList } from './header-list.ts';
import type { AttemptHooks } from './hooks/attempt-hooks.ts';
import { type AttemptWatch, watchAttempts } from './hooks/attempt-watch.ts';
import { isIdempotentMethod } from './is-idempotent-method.ts';
import type { Limits } from './options.ts';
import { dropForRedirect, isRedirect, redirectedMethod, redirectTarget, staysWithin } from './redirect.ts';
import { Reply } from './reply.ts';
import { basicAuthorization, isConditional, type RequestHeaders } from './request-headers.ts';
import type { RequestTarget } from './request-target.ts';
import type { BodyTap } from './stream/body-tap.ts';
import type { Transport } from './transport/transport.ts';
import { canSendAgain, type Upload } from './upload/upload.ts';

/** A request that is ready to go. */
export interface FlightPlan {
  readonly method: string;
  readonly target: RequestTarget;
  /** They may be those of many flights: who changes them makes a copy. */
  readonly headers: RequestHeaders;
  readonly body: Uint8Array | Upload | undefined;
  readonly limits: Limits;
  readonly redirect: 'follow' | 'manual' | 'error';
  /** Undefined: bodies are given as they come. */
  readonly decode: DecodeFunction | undefined;
  /** Only public addresses from the beginning. */
  readonly guarded: boolean;
  /** Takes the body piece by piece; the reply then has none. */
  readonly tap?: BodyTap;
  readonly evidence: EvidenceRecord;
}

const NO_HOPS: readonly string[] = [];

/** What flights of a session share. */
export interface FlightGround {
  readonly transport: Transport;
  readonly deadlines: DeadlineList;
  /** The transport for what must not lead to private addresses. */
  guardedTransport(): Transport;
  readonly proxies: ProxyTable | undefined;
  readonly cookies: SessionCookies | undefined;
  readonly hooks: AttemptHooks | undefined;
  /** Flights under way. */
  inFlight: number;
}

/**
 * One request of the caller's: as many exchanges as it takes to come to a whole answer. It follows redirects, sends an idempotent request
 * again that met a kept connection just being closed, and asks once without compression when a compressed body is broken.
 */
export class Flight implements ExchangeOwner {
  readonly #plan: FlightPlan;
  readonly #ground: FlightGround;
  readonly #evidence: EvidenceRecord;
  #headers: RequestHeaders;
  #method: string;
  #target: RequestTarget;
  #body: Uint8Array | Upload | undefined;
  #exchange: Exchange | undefined;
  #isOver = false;
  #resolve!: (reply: Reply) => void;
  #reject!: (error: unknown) => void;
  #hops: readonly string[] = NO_HOPS;
  /** Requests that were redirected: meeting one again is a loop. */
  #visited: Set<string> | undefined;
  #isGuarded: boolean;
  /** What the request before was sent with: the same URL with other cookies is another request. */
  #cookie: string | undefined;
  #hasRetriedFresh = false;
  #hasRetriedIdentity = false;
  readonly #watch: AttemptWatch | undefined;

  constructor(plan: FlightPlan, ground: FlightGround) {
    this.#plan = plan;
    this.#ground = ground;
    this.#evidence = plan.evidence;
    this.#headers = plan.headers;
    this.#method = plan.method;
    this.#target = plan.target;
    this.#body = plan.body;
    this.#isGuarded = plan.guarded;
    this.#watch = watchAttempts(ground.hooks, ground.deadlines, plan);
  }

  /**
   * Takes off. Ends in the verified answer, or in an {@link HttpError} or what {@link cancel} was given. To be called once; named as it is for
   * `cancellable`, which takes a promise: one of its own would only be a layer more for every request.
   */
  // biome-ignore lint/suspicious/noThenProperty: it is made to be awaited.
  then(onReply: (reply: Reply) => void, onFailure: (error: unknown) => void): void {
    this.#ground.inFlight++;
    this.#resolve = onReply;
    this.#reject = onFailure;
    this.#launch(false);
  }

  /** Ends the flight at once and destroys its connection. */
  cancel(reason: unknown): void {
    this.#exchange?.abort(reason);
    this.#watch?.cancel();
    this.#fail(reason);
  }

  get isTapped(): boolean {
    return this.#plan.tap !== undefined;
  }

  /** Called by the exchange. */
  tapFor(status: number, headers: HeaderList, exchange: Exchange): BodyTap | undefined {
    if (this.#location(status, headers) !== undefined) return undefined;
    this.#ground.cookies?.store(this.#target.url, headers);
    const { tap } = this.#plan;
    tap?.onHead({ status, headers, url: this.#target.url, redirects: this.#hops, source: exchange });
    return tap;
  }

  #location(status: number, headers: HeaderList): string | undefined {
    return isRedirect(status) && this.#plan.redirect !== 'manual' ? headers.get('location') : undefined;
  }

  /** Called by the exchange. */
  onReply(raw: RawReply): void {
    if (this.#watch === undefined) {
      this.#take(raw);
      return;
    }
    const go = (again: boolean): void => {
      if (again && !this.isTapped && canSendAgain(this.#body)) this.#launchAgain(false);
      else this.#take(raw);
    };
    this.#watch.reply(raw, go, (error) => this.#fail(error));
  }

  #take(raw: RawReply): void {
    try {
      const { headers } = raw;
      const location = this.#location(raw.status, headers);
      if (this.#plan.tap === undefined || location !== undefined)
        this.#ground.cookies?.store(this.#target.url, headers);
      if (location !== undefined) {
        this.#follow(raw.status, location);
        this.#launchAgain(false);
        return;
      }
      const { decode, tap } = this.#plan;
      const coding = decode === undefined || tap !== undefined ? undefined : headers.get('content-encoding');
      if (decode === undefined || coding === undefined) this.#succeed(raw, headers, raw.body);
      else void this.#decodeThenSucceed(raw, headers, coding, decode);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Called by the exchange. */
  onFailure(error: unknown, exchange: Exchange): void {
    if (this.#watch === undefined) this.#judge(error, exchange);
    else this.#watch.failure(error, () => this.#judge(error, exchange));
  }

  #judge(error: unknown, exchange: Exchange): void {
    if (!exchange.diedOnReuse || this.#hasRetriedFresh || !this.#isRepeatable()) {
      this.#fail(error);
      return;
    }
    this.#hasRetriedFresh = true;
    delete this.#evidence.code;
    this.#launchAgain(true);
  }

  #succeed(raw: RawReply, headers: HeaderList, body: Uint8Array): void {
    const { status } = raw;
    const reply = new Reply({
      status,
      headers,
      url: this.#target.url,
      redirects: this.#hops,
      body,
      evidence: this.#evidence.finish(),
      isConditional: status === 304 && isConditional(this.#headers),
    });
    if (this.#leave()) this.#resolve(reply);
  }

  #isRepeatable(): boolean {
    return isIdempotentMethod(this.#method) && canSendAgain(this.#body);
  }

  #fail(error: unknown): void {
    if (this.#leave()) this.#reject(error);
  }

  /** False when the flight is over already. */
  #leave(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#ground.inFlight--;
    return true;
  }

  /** In a turn of its own: the transport is still busy with the end of the exchange before. */
  #launchAgain(fresh: boolean): void {
    queueMicrotask(() => this.#launch(fresh));
  }

  #launch(fresh: boolean): void {
    // A cancel may come between two exchanges.
    if (this.#isOver) return;
    try {
      const headers = this.#ground.cookies === undefined ? this.#headers : this.#withCookies();
      if (this.#watch === undefined) this.#send(headers, fresh);
      else this.#sendWatched(this.#watch, headers, fresh);
    } catch (error) {
      this.#fail(error);
    }
  }

  #sendWatched(watch: AttemptWatch, headers: RequestHeaders, fresh: boolean): void {
    const isAway = this.#target.origin !== this.#plan.target.origin;
    watch.begin(
      { method: this.#method, target: this.#target, headers, evidence: this.#evidence, isAway },
      (own) => this.#send(own, fresh),
      (error) => this.#fail(error),
    );
  }

  #send(headers: RequestHeaders, fresh: boolean): void {
    try {
      const exchange = new Exchange(this.#plan.limits, this.#evidence, this.#ground.deadlines, this);
      this.#exchange = exchange;
      const { proxies } = this.#ground;
      const pairs = headers.toPairs();
      const forwarded = proxies === undefined ? undefined : forwardedRequest(this.#target, pairs, proxies);
      exchange.start(this.#isGuarded ? this.#ground.guardedTransport() : this.#ground.transport, {
        origin: this.#target.origin,
        method: this.#method,
        path: forwarded?.path ?? this.#target.path,
        headers: forwarded?.headers ?? pairs,
        body: this.#body,
        fresh,
        maxHeaderBytes: this.#plan.limits.maxHeaderBytes,
      });
    } catch (error) {
      this.#fail(error);
    }
  }

  #withCookies(): RequestHeaders {
    this.#cookie = this.#ground.cookies?.headerFor(this.#target.url, this.#headers.get('cookie'));
    if (this.#cookie === undefined) return this.#headers;
    const headers = this.#headers.copy();
    headers.set('cookie', this.#cookie);
    return headers;
  }

  #follow(status: number, location: string): void {
    const { limits, redirect } = this.#plan;
    const evidence = this.#evidence;
    if (redirect === 'error') {
      throw new HttpError('SLUICE_HTTP_REDIRECT_REFUSED', `redirected (${status}), which redirect: 'error' refuses`, {
        evidence,
      });
    }
    if (this.#hops.length >= limits.maxRedirects) {
      throw new HttpError('SLUICE_HTTP_TOO_MANY_REDIRECTS', `more than ${limits.maxRedirects} redirects`, { evidence });
    }
    const from = this.#target;
    const to = redirectTarget(location, from, evidence);
    const method = redirectedMethod(status, this.#method);
    const dropsBody = method !== this.#method;
    this.#visited ??= new Set();
    this.#visited.add(`${this.#method} ${from.url} ${this.#cookie ?? ''}`);
    const cookie = this.#ground.cookies?.headerFor(
      to.url,
      from.origin === to.origin ? this.#headers.get('cookie') : undefined,
    );
    if (this.#visited.has(`${method} ${to.url} ${cookie ?? ''}`)) {
      throw new HttpError('SLUICE_HTTP_REDIRECT_LOOP', `redirected to ${to.url} again`, { evidence });
    }
    if (!dropsBody && !canSendAgain(this.#body)) {
      throw new HttpError('SLUICE_HTTP_BODY_SPENT', `redirected (${status}) with a streamed body, which is gone`, {
        evidence,
      });
    }
    this.#headers = this.#headers.copy();
    dropForRedirect(this.#headers, from, to, dropsBody);
    // Where a server sends us is not what the user asked for.
    if (!staysWithin(from, to)) this.#isGuarded = true;
    if (to.userinfo !== undefined) this.#headers.set('authorization', basicAuthorization(to.userinfo));
    if (dropsBody) this.#body = undefined;
    this.#hops = [...this.#hops, from.url];
    this.#method = method;
    this.#target = to;
    evidence.method = method;
    evidence.url = to.url;
  }

  async #decodeThenSucceed(raw: RawReply, headers: HeaderList, coding: string, decode: DecodeFunction): Promise<void> {
    this.#evidence.phase = 'decode';
    try {
      const body = await decodeBody(raw.body, coding, this.#plan.limits, decode);
      this.#succeed(raw, headers, body);
    } catch (error) {
      if (!(error instanceof DecodeFailure)) {
        this.#fail(error);
      } else if (error.code !== 'SLUICE_HTTP_UNDECODABLE' || this.#hasRetriedIdentity || !this.#isRepeatable()) {
        this.#fail(new HttpError(error.code, error.message, { cause: error, evidence: this.#evidence }));
      } else {
        this.#hasRetriedIdentity = true;
        this.#headers = this.#headers.copy();
        this.#headers.set('accept-encoding', 'identity');
        this.#launch(false);
      }
    }
  }
}
