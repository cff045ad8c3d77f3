import { parseHttpDate } from './parse-http-date.ts';

/** The longest wait that a server may ask for. */
const MAX_WAIT_MS = 3_600_000;

/**
 * How long a `Retry-After` header asks to wait, in milliseconds from `nowEpochMs`: seconds or an HTTP date (RFC 9110 10.2.3), clamped to
 * between 0 and one hour; undefined for anything else, so that the caller backs off as it thinks fit.
 */
export function parseRetryAfter(value: string | undefined, nowEpochMs: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  const waitMs = /^[+-]?\d+(\.\d+)?$/.test(text)
    ? Number(text) * 1000
    : (parseHttpDate(text, nowEpochMs) ?? Number.NaN) - nowEpochMs;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), MAX_WAIT_MS);
}
