import { UsageError } from '@sluice/core';
import { type Evidence, EvidenceRecord } from '../evidence.ts';
import type { HeaderList } from '../header-list.ts';
import type { RequestHeaders } from '../request-headers.ts';
import type { RequestTarget } from '../request-target.ts';

/**
 * One request on the wire and what it came to, as {@link AttemptHooks} and the channels of `diagnostics_channel` see it. A redirect that is
 * followed, and each time that the session sends a request again, is an attempt of its own; what HTTP/2 sends again because the server did
 * not process it belongs to the same attempt.
 */
export interface Attempt {
  readonly method: string;
  /** Without user, password and fragment. */
  readonly url: string;
  /** How often the request was on the wire before: 0 for the first attempt. */
  readonly resendCount: number;
  /** A redirect has led to another origin than the one that was asked for: credentials are not sent there. */
  readonly isAway: boolean;
  /** What is known so far of the whole request: the same object in all of its attempts, filled in as it goes on. */
  readonly evidence: Evidence;
  /** Milliseconds that the attempt took, waiting for a connection included; 0 until it is over. */
  readonly durationMs: number;
  /** The status of the response, when it came whole. */
  readonly status?: number;
  /** The fields of the response, when it came whole. */
  readonly headers?: HeaderList;
  /** What the attempt failed with: an `HttpError`, or the reason why the request was cancelled. */
  readonly error?: unknown;
  /** The value of a header that is to be sent, or was; undefined when there is none. */
  requestHeader(name: string): string | undefined;
  /**
   * Sets a header of this attempt alone. `authorization`, `cookie` and `proxy-authorization` are left out when the attempt `isAway`.
   *
   * @throws HttpError of class `input` for a header that cannot be sent; UsageError when the attempt was sent already.
   */
  setHeader(name: string, value: string): void;
}

/** What an attempt is made of. */
export interface AttemptParts {
  readonly method: string;
  readonly target: RequestTarget;
  readonly headers: RequestHeaders;
  readonly evidence: EvidenceRecord;
  readonly isAway: boolean;
}

/** How an attempt ended. */
export type AttemptOutcome = { readonly status: number; readonly headers: HeaderList } | { readonly error: unknown };

/** Never sent to an origin that a redirect led to. */
const CREDENTIALS: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization']);

/** The attempt while it is made: the session fills it in, its watchers see an {@link Attempt}. */
export class AttemptRecord implements Attempt {
  readonly method: string;
  readonly url: string;
  readonly resendCount: number;
  readonly isAway: boolean;
  readonly evidence: EvidenceRecord;
  durationMs = 0;
  declare status?: number;
  declare headers?: HeaderList;
  declare error?: unknown;
  #requestHeaders: RequestHeaders;
  #begunAt: number | undefined;

  constructor({ method, target, headers, evidence, isAway }: AttemptParts) {
    this.method = method;
    this.url = target.url;
    this.resendCount = evidence.requests;
    this.isAway = isAway;
    this.evidence = evidence;
    this.#requestHeaders = headers.copy();
  }

  requestHeader(name: string): string | undefined {
    return this.#requestHeaders.get(name.toLowerCase());
  }

  setHeader(name: string, value: string): void {
    if (this.#begunAt !== undefined) throw new UsageError(`the request was sent already: set ${name} before it is`);
    if (this.isAway && CREDENTIALS.has(name.toLowerCase())) return;
    // Whoever catches the error has not failed the request: its evidence stays as it is.
    this.#requestHeaders.merge({ [name]: value }, new EvidenceRecord(this.method, this.url));
  }

  /** It goes out now, with these headers. */
  begin(): RequestHeaders {
    this.#begunAt = performance.now();
    return this.#requestHeaders;
  }

  end(outcome: AttemptOutcome): void {
    this.durationMs = performance.now() - (this.#begunAt ?? performance.now());
    Object.assign(this, outcome);
  }
}
