import { type ListMember, parseList } from './structured-field.ts';

/** A limit as a server tells it with a reply. */
export interface AnnouncedLimit {
  /** Tells limits of one server apart: the name of its policy. */
  readonly name: string;
  readonly unit: 'requests' | 'tokens';
  /** How much may be used in a whole window. */
  readonly limit: number | undefined;
  /** Length of the window. */
  readonly windowMs: number | undefined;
  readonly remaining: number;
  /** Until more is there: all of it, in a fixed window. */
  readonly resetMs: number;
  /** `refill`: it fills all the time, and `resetMs` is when it is full; `window`: it is full again at `resetMs`. */
  readonly kind: 'refill' | 'window';
}

/** Gives a header's value by its lower-case name. */
export type HeaderReader = (name: string) => string | undefined;

/**
 * Reads what a reply says about the server's limits: `RateLimit` and `RateLimit-Policy` (IETF draft-ietf-httpapi-ratelimit-headers-10, and the three
 * fields of its third version), `x-ratelimit-{limit,remaining,reset}-{requests,tokens}` (OpenAI: a bucket that fills all the time, durations like
 * `6m0s`), `anthropic-ratelimit-…` (RFC 3339 times) and `x-ratelimit-{limit,remaining,reset}` (GitHub: a fixed window, epoch seconds). What cannot be
 * read is left out.
 */
export function readRateHeaders(header: HeaderReader, nowEpochMs: number): readonly AnnouncedLimit[] {
  const structured = header('ratelimit');
  if (structured !== undefined) return ofDraft(structured, header('ratelimit-policy'));
  if (header('ratelimit-remaining') !== undefined) return ofThreeFields(header, 'ratelimit-', nowEpochMs);
  if (header('x-ratelimit-remaining') !== undefined) return ofThreeFields(header, 'x-ratelimit-', nowEpochMs);
  return [
    ...ofUnit(
      header,
      'x-ratelimit-limit-requests',
      'x-ratelimit-remaining-requests',
      'x-ratelimit-reset-requests',
      nowEpochMs,
    ),
    ...ofUnit(
      header,
      'x-ratelimit-limit-tokens',
      'x-ratelimit-remaining-tokens',
      'x-ratelimit-reset-tokens',
      nowEpochMs,
    ),
    ...ofUnit(
      header,
      'anthropic-ratelimit-requests-limit',
      'anthropic-ratelimit-requests-remaining',
      'anthropic-ratelimit-requests-reset',
      nowEpochMs,
    ),
    ...ofUnit(
      header,
      'anthropic-ratelimit-tokens-limit',
      'anthropic-ratelimit-tokens-remaining',
      'anthropic-ratelimit-tokens-reset',
      nowEpochMs,
    ),
  ];
}

function ofDraft(field: string, policyField: string | undefined): AnnouncedLimit[] {
  const policies = new Map<unknown, ListMember>();
  for (const policy of (policyField === undefined ? undefined : parseList(policyField)) ?? [])
    policies.set(policy.value, policy);
  const limits: AnnouncedLimit[] = [];
  for (const { value, parameters } of parseList(field) ?? []) {
    const remaining = parameters.get('r');
    const reset = parameters.get('t');
    const policy = policies.get(value)?.parameters;
    const quota = policy?.get('q');
    const window = policy?.get('w');
    const unit = policy?.get('qu') ?? 'requests';
    if (typeof remaining !== 'number' || remaining < 0 || (unit !== 'requests' && unit !== 'tokens')) continue;
    const windowMs = typeof window === 'number' && window > 0 ? window * 1000 : undefined;
    const resetMs = typeof reset === 'number' && reset >= 0 ? reset * 1000 : windowMs;
    if (resetMs === undefined) continue;
    const limit = typeof quota === 'number' && quota > 0 ? quota : undefined;
    limits.push({ name: String(value), unit, limit, windowMs, remaining, resetMs, kind: 'window' });
  }
  return limits;
}

function ofThreeFields(header: HeaderReader, prefix: string, nowEpochMs: number): AnnouncedLimit[] {
  return ofUnit(header, `${prefix}limit`, `${prefix}remaining`, `${prefix}reset`, nowEpochMs);
}

function ofUnit(
  header: HeaderReader,
  limitName: string,
  remainingName: string,
  resetName: string,
  nowEpochMs: number,
): AnnouncedLimit[] {
  const remaining = wholeNumber(header(remainingName));
  const reset = header(resetName)?.trim();
  if (remaining === undefined || reset === undefined) return [];
  const resetMs = untilReset(reset, nowEpochMs);
  if (resetMs === undefined) return [];
  const unit = remainingName.includes('tokens') ? 'tokens' : 'requests';
  const kind = /[a-z]$/.test(reset) ? 'refill' : 'window';
  return [
    { name: remainingName, unit, limit: wholeNumber(header(limitName)), windowMs: undefined, remaining, resetMs, kind },
  ];
}

function wholeNumber(text: string | undefined): number | undefined {
  // The third version of the draft allows policies behind the number: `100, 100;w=60`.
  const found = text === undefined ? null : /^\s*(\d{1,15})(?:\s*[,;].*)?$/.exec(text);
  return found === null ? undefined : Number(found[1]);
}

/** `6m0s` and `20ms`; an RFC 3339 time; seconds since 1970; or seconds from now. */
function untilReset(text: string, nowEpochMs: number): number | undefined {
  if (/^(?:\d+(?:\.\d+)?(?:ms|[dhms]))+$/.test(text)) return goDuration(text);
  if (/^\d{4}-\d\d-\d\dT/.test(text)) return positive(Date.parse(text) - nowEpochMs);
  if (!/^\d{1,15}(?:\.\d+)?$/.test(text)) return undefined;
  const number = Number(text);
  // No server asks to wait for thirty years.
  return number > 1e9 ? positive(number * 1000 - nowEpochMs) : number * 1000;
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function goDuration(text: string): number {
  let sum = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[dhms])/g)) sum += Number(number) * UNIT_MS[unit!]!;
  return sum;
}

function positive(ms: number): number | undefined {
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
