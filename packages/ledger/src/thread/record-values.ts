import type { AttemptRow, ItemState, ResultRow } from '../contract.ts';
import { messageShape } from './message-shape.ts';

const NO_RESULT: ResultRow = { status: null, headers: null, body: null, charset: null, value: null };

const NO_EVIDENCE: readonly null[] = Array.from({ length: 15 }, () => null);

/** The columns of a last attempt, `number` to `requests`; all NULL before any. `url` is '' where it equals the key. */
export function evidence(attempt: AttemptRow | null, key: string): readonly (string | number | null)[] {
  if (attempt === null) return NO_EVIDENCE;
  return [
    attempt.number,
    attempt.class,
    attempt.code,
    attempt.phase,
    attempt.message,
    attempt.class === 'ok' ? null : messageShape(attempt.message ?? ''),
    attempt.method,
    attempt.url === key ? '' : attempt.url,
    Math.round(attempt.startedAt),
    attempt.durationMs,
    attempt.bytesIn,
    attempt.bytesOut,
    attempt.reused ? 1 : 0,
    attempt.address,
    attempt.requests,
  ];
}

/** The columns of a result, `status` to `body`; all NULL where there is none. */
export function resultColumns(
  result: ResultRow | null,
): readonly [number | null, string | null, string | null, string | null, Uint8Array | null] {
  const { status, charset, headers, value, body } = result ?? NO_RESULT;
  return [status, charset, headers, value, body];
}

/** A time as the file keeps it: whole milliseconds. */
export function rounded(time: number | null): number | null {
  return time === null ? null : Math.round(time);
}

/** When an item came to rest: at the end of its last attempt, or now where it got there without one. */
export function finishedAt(state: ItemState, attempt: AttemptRow | null): number | null {
  if (state === 'pending' || state === 'leased') return null;
  return Math.round(attempt === null ? Date.now() : attempt.startedAt + attempt.durationMs);
}
