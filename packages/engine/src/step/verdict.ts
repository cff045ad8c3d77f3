import { classifyStatus, parseRetryAfter, type Reply } from '@sluice/http';
import type { Refusal } from '../gate/presets.ts';

/** What a complete reply means. */
export interface Verdict {
  readonly class: 'ok' | 'throttled' | 'server' | 'client';
  /** How long the server asked to wait. */
  readonly retryAfterMs: number | undefined;
  /** Nothing more is to be had, however long one waits: it costs the item no attempt. */
  readonly isExhausted: boolean;
}

const OK: Verdict = { class: 'ok', retryAfterMs: undefined, isExhausted: false };

/** The verdict on a reply, by its status and by what its host's rules know better. */
export function verdictOn(reply: Reply, refusal?: Refusal): Verdict {
  if (reply.isNotModified) return OK;
  const statusClass = refusal === undefined ? classifyStatus(reply.status, reply.headers) : 'throttled';
  if (statusClass === 'ok') return OK;
  const told = refusal?.kind === 'throttled' ? refusal.retryAfterMs : undefined;
  return {
    class: statusClass,
    retryAfterMs: told ?? parseRetryAfter(reply.headers.get('retry-after'), Date.now()),
    isExhausted: refusal?.kind === 'exhausted',
  };
}
