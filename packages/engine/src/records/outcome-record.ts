import type { ItemOutcome } from '../run/report.ts';

/**
 * An outcome as JSON has it. A body that is text is in `text`, any other, bit by bit, in `bodyBase64`; without a body, and where
 * it was not read, neither is there.
 */
export interface OutcomeRecord {
  readonly key: string;
  /** Line or row in the list; null for an item that a step emitted. */
  readonly position: number | null;
  readonly host: string;
  readonly state: string;
  readonly class: string | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly attempts: number;
  readonly status: number | null;
  readonly headers?: readonly (readonly [string, string])[] | null | undefined;
  /** Size of the decoded body in bytes; null without one. */
  readonly bodyBytes: number | null;
  readonly text?: string | undefined;
  readonly bodyBase64?: string | undefined;
  /** What the step returned; null for nothing. */
  readonly value?: unknown;
  readonly finishedAt: string | null;
}

/** The JSON form of an outcome. @param withContent whether headers, body and value are part of it. Default true. */
export function toOutcomeRecord(outcome: ItemOutcome, withContent = true): OutcomeRecord {
  const { key, position, host, state, code, message, attempts, status, bodyBytes, finishedAt } = outcome;
  return {
    key,
    position,
    host,
    state,
    class: outcome.class,
    code,
    message,
    attempts,
    status,
    bodyBytes,
    ...(withContent ? { headers: outcome.headers, ...bodyFields(outcome), value: outcome.value ?? null } : {}),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

/** Text that decoding had to mend (U+FFFD) is no text: only the bytes tell what came. */
function bodyFields({ body, text }: ItemOutcome): Pick<OutcomeRecord, 'text' | 'bodyBase64'> {
  if (body === null) return {};
  if (text !== null && !text.includes('\ufffd')) return { text };
  return { bodyBase64: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64') };
}
