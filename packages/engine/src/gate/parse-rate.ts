import { type Duration, parseDuration, UsageError } from '@sluice/core';
import type { BucketOptions } from './token-bucket.ts';

/** A rate as a user writes it: `'500/min'`, `'10/s'`, `'5000/h'`, `'3/500ms'`, or with its burst. */
export type Rate = string | { readonly limit: number; readonly per: string | number; readonly burst?: number };

const WRITTEN = /^\s*([0-9][0-9_,]*(?:\.\d+)?)\s*\/\s*(.+?)\s*$/;
const UNITS: Readonly<Record<string, string>> = { sec: '1s', second: '1s', minute: '1m', hour: '1h', day: '1d' };

/**
 * Reads a {@link Rate}.
 *
 * @throws UsageError for anything else, with what it should look like.
 * @example parseRate('500/min') // { limit: 500, perMs: 60_000 }
 */
export function parseRate(rate: Rate, name = 'rate'): BucketOptions {
  if (typeof rate === 'string') {
    const [, number, unit] = WRITTEN.exec(rate) ?? [];
    if (number === undefined || unit === undefined) throw unreadable(name, rate);
    return checked(name, { limit: Number(number.replace(/[_,]/g, '')), perMs: spanOf(name, unit, rate) });
  }
  const perMs = typeof rate.per === 'number' ? rate.per : spanOf(name, rate.per, rate.per);
  return checked(name, { limit: rate.limit, perMs, ...(rate.burst === undefined ? {} : { burst: rate.burst }) });
}

function spanOf(name: string, unit: string, written: string): number {
  const text = UNITS[unit] ?? unit;
  try {
    return parseDuration((/^\d/.test(text) ? text : `1${text}`) as Duration);
  } catch {
    throw unreadable(name, written);
  }
}

function checked(name: string, options: BucketOptions): BucketOptions {
  const { limit, perMs, burst = 1 } = options;
  if (limit > 0 && perMs > 0 && burst >= 1 && Number.isFinite(limit) && Number.isFinite(perMs)) return options;
  throw new UsageError(`${name} must be more than nothing in a time of more than nothing, with a burst of 1 or more`);
}

function unreadable(name: string, written: unknown): UsageError {
  return new UsageError(`${name} looks like '500/min', '10/s' or '5000/h', not like '${String(written)}'`);
}
