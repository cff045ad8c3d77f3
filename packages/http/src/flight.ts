import type { DeadlineList } from './deadline-list.ts';
import { DecodeFailure, type DecodeFunction, decodeBody } from './decode-body.ts';
import { HttpError } from './errors.ts';
import type { EvidenceRecord } from './evidence.ts';
import { Exchange, type RawReply } from './exchange.ts';
import { HeaderList } from './header-list.ts';
import { isIdempotentMethod } from './is-idempotent-method.ts';
import type { Limits } from './options.ts';
import { dropForRedirect, isRedirect, redirectedMethod, redirectTarget } from './redirect.ts';
import { Reply } from './reply.ts';
import { basicAuthorization, type RequestHeaders } from './request-headers.ts';
import type { RequestTarget } from './request-target.ts';
import type { Transport } from './transport/transport.ts';

/** A request that is ready to go. */
export interface FlightPlan {
  readonly method: string;
  readonly target: RequestTarget;
  /** The flight's own: redirects change them. */
  readonly headers: RequestHeaders;
  readonly body: Uint8Array | undefined;
  readonly limits: Limits;
  readonly redirect: 'follow' | 'manual' | 'error';
  /** Undefined: bodies are given as they come. */
  readonly decode: DecodeFunction | undefined;
  readonly evidence: EvidenceRecord;
}

/** What flights of a session share. */
export interface FlightGround {
  readonly transport: Transport;
  readonly deadlines: DeadlineList;
}

/**
 * One request of the caller's: as many exchanges as it takes to come to a whole answer. It follows redirects, sends an idempotent request
 * again that met a kept connection just being closed, and asks once without compression when a compressed body is broken.
 */
export class Flight {
  readonly #plan: FlightPlan;
  readonly #ground: FlightGround;
  readonly #evidence: EvidenceRecord;
  readonly #headers: RequestHeaders;
  #method: string;
  #target: RequestTarget;
  #body: Uint8Array | undefined;
  #exchange: Exchange | undefined;
  #cancelledBy: unknown;
  #hops: string[] = [];
  /** Requests that were redirected: meeting one again is a loop. */
  #visited: Set<string> | undefined;
  #hasRetriedFresh = false;
  #hasRetriedIdentity = false;

  constructor(plan: FlightPlan, ground: FlightGround) {
    this.#plan = plan;
    this.#ground = ground;
    this.#evidence = plan.evidence;
    this.#headers = plan.headers;
    this.#method = plan.method;
    this.#target = plan.target;
    this.#body = plan.body;
  }

  /** The verified answer. Rejects with {@link HttpError}, or with what {@link cancel} was given. */
  async run(): Promise<Reply> {
    for (;;) {
      const raw = await this.#exchangeOnce(false);
      const headers = new HeaderList(raw.headers);
      const location = isRedirect(raw.status) && this.#plan.redirect !== 'manual' ? headers.get('location') : undefined;
      if (location !== undefined) {
        this.#follow(raw.status, location);
        continue;
      }
      const body = await this.#decode(raw, headers);
      if (body === undefined) continue;
      return new Reply({
        status: raw.status,
        headers,
        url: this.#target.url,
        redirects: this.#hops,
        body,
        evidence: this.#evidence.finish(),
      });
    }
  }

  /** Ends the flight at once and destroys its connection. */
  cancel(reason: unknown): void {
    this.#cancelledBy = reason;
    this.#exchange?.abort(reason);
  }

  async #exchangeOnce(fresh: boolean): Promise<RawReply> {
    // A cancel may come between two exchanges.
    if (this.#cancelledBy !== undefined) throw this.#cancelledBy;
    const exchange = new Exchange(this.#plan.limits, this.#evidence, this.#ground.deadlines);
    this.#exchange = exchange;
    exchange.start(this.#ground.transport, {
      origin: this.#target.origin,
      method: this.#method,
      path: this.#target.path,
      headers: this.#headers.toPairs(),
      body: this.#body,
      fresh,
      maxHeaderBytes: this.#plan.limits.maxHeaderBytes,
    });
    try {
      return await exchange.reply;
    } catch (error) {
      if (!exchange.diedOnReuse || this.#hasRetriedFresh || !isIdempotentMethod(this.#method)) throw error;
      this.#hasRetriedFresh = true;
      delete this.#evidence.code;
      return await this.#exchangeOnce(true);
    }
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
    this.#visited.add(`${this.#method} ${from.url}`);
    if (this.#visited.has(`${method} ${to.url}`)) {
      throw new HttpError('SLUICE_HTTP_REDIRECT_LOOP', `redirected to ${to.url} again`, { evidence });
    }
    dropForRedirect(this.#headers, from, to, dropsBody);
    if (to.userinfo !== undefined) this.#headers.set('authorization', basicAuthorization(to.userinfo));
    if (dropsBody) this.#body = undefined;
    this.#hops.push(from.url);
    this.#method = method;
    this.#target = to;
    evidence.method = method;
    evidence.url = to.url;
  }

  /** The decoded body; undefined when it is to be asked for again without compression. */
  async #decode(raw: RawReply, headers: HeaderList): Promise<Uint8Array | undefined> {
    const { decode, limits } = this.#plan;
    const coding = decode === undefined ? undefined : headers.get('content-encoding');
    if (decode === undefined || coding === undefined) return raw.body;
    this.#evidence.phase = 'decode';
    try {
      return await decodeBody(raw.body, coding, limits, decode);
    } catch (error) {
      if (!(error instanceof DecodeFailure)) throw error;
      if (error.code !== 'SLUICE_HTTP_UNDECODABLE' || this.#hasRetriedIdentity || !isIdempotentMethod(this.#method)) {
        throw new HttpError(error.code, error.message, { cause: error, evidence: this.#evidence });
      }
      this.#hasRetriedIdentity = true;
      this.#headers.set('accept-encoding', 'identity');
      return undefined;
    }
  }
}
