import { InvalidDurationError } from './errors/usage-error.ts';

/** A span of time: a number of milliseconds, or a number with its unit: `'250ms'`, `'30s'`, `'5min'` (or `'5m'`), `'1.5h'`, `'2d'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'min' | 'h' | 'd'}`;

/** Texts that were read, and what they are in milliseconds. */
const read = new Map<string, number>();
const MOST_READ = 100;

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * A duration in milliseconds.
 *
 * @throws InvalidDurationError (a `RangeError` and a `UsageError`) for NaN, negative numbers and text that is no duration.
 * @example
 * parseDuration('1.5s'); // 1500
 */
export function parseDuration(duration: Duration): number {
  if (typeof duration === 'number') {
    if (duration >= 0) return duration;
    throw new InvalidDurationError(`a duration must be a number of milliseconds, 0 or more, not ${duration}`);
  }
  // The same few texts are read again and again: of a job, say, for each of its items.
  const known = read.get(duration);
  if (known !== undefined) return known;
  const match = typeof duration === 'string' ? /^(\d+(?:\.\d+)?)(ms|s|m|min|h|d)$/.exec(duration) : null;
  if (match === null) {
    throw new InvalidDurationError(
      `'${String(duration)}' is no duration: write a number of milliseconds, or a text like '250ms', '30s', '5min', '1h'`,
    );
  }
  const ms = Number(match[1]) * UNITS[match[2]!]!;
  if (read.size < MOST_READ) read.set(duration, ms);
  return ms;
}

/** A number of milliseconds as people write it: `'1.5s'`, `'2min'`. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return ms > 0 ? 'for ever' : 'no time';
  for (const [unit, size] of [
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
  ] as const) {
    if (ms >= size) return `${Number((ms / size).toPrecision(3))}${unit}`;
  }
  return `${Number(ms.toPrecision(3))}ms`;
}
