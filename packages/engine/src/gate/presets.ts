import type { Reply } from '@sluice/http';

/** What a refusal means beyond its status. */
export type Refusal =
  /** Come later; `retryAfterMs` where the reply says when. */
  | { readonly kind: 'throttled'; readonly retryAfterMs?: number }
  /** However long one waits, there is nothing more: money or a plan is used up. */
  | { readonly kind: 'exhausted'; readonly message: string };

/** Reads a refusal of one API. */
export type ReadRefusal = (reply: Reply, nowEpochMs: number) => Refusal | undefined;

export type PresetName = 'openai' | 'anthropic' | 'github';

/** Longer bodies are no error messages. */
const MAX_BODY = 65_536;

/**
 * What refusals of well-known APIs mean.
 * - `openai`: 429 with the code or type `insufficient_quota`, or `billing_hard_limit_reached`, is no rate limit: waiting does not help.
 * - `anthropic`: 402, and 400 or 403 that speak of the credit balance or billing.
 * - `github`: 403 with nothing remaining, or with `Retry-After`, is its rate limit (primary and secondary), told with the wrong status.
 */
export const PRESETS: Readonly<Record<PresetName, ReadRefusal>> = {
  openai: (reply) => {
    if (reply.status !== 429 && reply.status !== 402 && reply.status !== 403) return undefined;
    const error = errorOf(reply);
    const isExhausted = [error.code, error.type].some(
      (word) => word === 'insufficient_quota' || word === 'billing_hard_limit_reached' || word === 'billing_not_active',
    );
    return isExhausted ? { kind: 'exhausted', message: error.message ?? 'insufficient_quota' } : undefined;
  },
  anthropic: (reply) => {
    if (reply.status !== 400 && reply.status !== 402 && reply.status !== 403) return undefined;
    const { type, message = '' } = errorOf(reply);
    const isExhausted = reply.status === 402 || type === 'billing_error' || /credit balance is too low/i.test(message);
    return isExhausted ? { kind: 'exhausted', message: message || 'billing_error' } : undefined;
  },
  github: (reply, nowEpochMs) => {
    if (reply.status !== 403 && reply.status !== 429) return undefined;
    const { headers } = reply;
    // Its Retry-After is read as everybody's.
    if (headers.has('retry-after')) return { kind: 'throttled' };
    const reset = Number(headers.get('x-ratelimit-reset'));
    if (headers.get('x-ratelimit-remaining') === '0' && reset > 0)
      return { kind: 'throttled', retryAfterMs: Math.max(0, reset * 1000 - nowEpochMs) };
    return /secondary rate limit/i.test(errorOf(reply).message ?? '')
      ? { kind: 'throttled', retryAfterMs: 60_000 }
      : undefined;
  },
};

/** The preset of a host that is known by its name. */
export function presetOf(host: string): PresetName | undefined {
  if (host === 'api.openai.com') return 'openai';
  if (host === 'api.anthropic.com') return 'anthropic';
  return host === 'api.github.com' ? 'github' : undefined;
}

interface ApiError {
  readonly code?: string;
  readonly type?: string;
  readonly message?: string;
}

/** `{ error: { code, type, message } }`, or `{ message }`; empty for anything else. */
function errorOf(reply: Reply): ApiError {
  if (reply.body.length > MAX_BODY) return {};
  try {
    const body = JSON.parse(reply.text()) as { readonly error?: unknown; readonly message?: unknown } | null;
    const error = (body?.error ?? body) as Readonly<Record<string, unknown>> | null;
    const text = (name: string): object => (typeof error?.[name] === 'string' ? { [name]: error[name] } : {});
    return { ...text('code'), ...text('type'), ...text('message') };
  } catch {
    return {};
  }
}
