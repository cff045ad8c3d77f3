import type { Amount, Timeline } from './amount.ts';

/** A limit that a simulated server enforces. */
export interface LimitModel {
  /** `bucket` fills all the time; `window` is full again at multiples of its length; `sliding` looks at the time before every request. */
  readonly kind: 'bucket' | 'window' | 'sliding';
  readonly limit: number;
  readonly perMs: number;
  /** What a bucket can hold. Default: the limit. */
  readonly burst?: number;
  /** Default `'requests'`. Tokens are counted when the reply is written: nobody knows before how long it will be. */
  readonly unit?: 'requests' | 'tokens';
  /**
   * What replies tell: nothing; the IETF draft's `RateLimit` and `RateLimit-Policy`; three fields with the reset as seconds since 1970 (GitHub); fields
   * for requests or tokens with the time until it is full (OpenAI). Default `'nothing'`.
   */
  readonly tells?: 'nothing' | 'draft' | 'epoch' | 'refill';
  /** What a refusal says in `Retry-After`. Default `'seconds'`, rounded up. */
  readonly retryAfter?: 'seconds' | 'date' | 'nothing' | 'garbage' | 'zero' | 'a day';
}

/** A time in which a server, or the network before it, does not work. */
export interface OutageModel {
  readonly fromMs: number;
  readonly toMs: number;
  /** `refuses` connections and cuts those that stand; is `silent`: what is sent is lost; or answers with `errors` (500). */
  readonly how: 'refuses' | 'silent' | 'errors';
}

/** How a simulated server behaves. */
export interface HostModel {
  /** How long the server works on one request while it is not overloaded, in milliseconds. */
  readonly serviceMs: Amount;
  /** The time on the wire, there and back, in milliseconds; a new connection costs as much again. Default 0. */
  readonly roundTripMs?: number;
  /** How many it works on at once; the others wait in line. Default: any number. */
  readonly slots?: Timeline;
  /** With more than `above` in the house its work takes (n / above)^power times as long: thrashing. Default power 4. */
  readonly collapse?: { readonly above: number; readonly power?: number };
  /** More than so many in line are answered with 503. Default: none are. */
  readonly maxLine?: number;
  /** Work takes `times` as long at first, and as long as it should after `overMs`: caches that are cold. */
  readonly warmUp?: { readonly times: number; readonly overMs: number };
  readonly limits?: readonly LimitModel[];
  readonly outages?: readonly OutageModel[];
  /** Units that a reply uses up. */
  readonly usage?: Amount;
  /** The share of requests that fail with 500 for no reason. Default 0. */
  readonly failures?: number;
}
