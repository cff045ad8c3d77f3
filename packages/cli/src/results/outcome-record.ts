import type { ItemOutcome } from '@sluice/engine';

/**
 * An item as it is exported. A body that is text is in `text`, any other, bit by bit, in `bodyBase64`; without a body
 * neither is there.
 */
export interface OutcomeRecord {
  readonly key: string;
  readonly position: number | null;
  readonly host: string;
  readonly state: string;
  readonly class: string | null;
  readonly code: string | null;
  readonly attempts: number;
  readonly status: number | null;
  readonly headers: readonly (readonly [string, string])[] | null;
  readonly text?: string;
  readonly bodyBase64?: string;
  readonly value: unknown;
  readonly finishedAt: string | null;
}

/** The exported form of an outcome. */
export function toRecord(outcome: ItemOutcome): OutcomeRecord {
  const { key, position, host, state, code, attempts, status, headers, value, finishedAt } = outcome;
  return {
    key,
    position,
    host,
    state,
    class: outcome.class,
    code,
    attempts,
    status,
    headers,
    ...bodyFields(outcome),
    value: value ?? null,
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

/** Text that decoding had to mend (U+FFFD) is no text: only the bytes tell what came. */
function bodyFields({ body, text }: ItemOutcome): Pick<OutcomeRecord, 'text' | 'bodyBase64'> {
  if (body === null) return {};
  if (text !== null && !text.includes('\ufffd')) return { text };
  return { bodyBase64: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64') };
}
