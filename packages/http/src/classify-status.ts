import type { HeaderList } from './header-list.ts';

/** What a status says about the item: `throttled` comes later, `server` may be retried, `client` may not. */
export type StatusClass = 'ok' | 'throttled' | 'server' | 'client';

/** Statuses below 500 that blame the moment or the connection, not the request: timeout, misdirected, too early. */
const SERVER_STATUSES: ReadonlySet<number> = new Set([408, 421, 425]);

/**
 * The class of a final status: 2xx is `ok`; 429, and 503 with `Retry-After`, `throttled`; other 5xx, 408, 421 and 425 `server`;
 * everything else `client`, unasked 304 and redirects that were not followed among them.
 */
export function classifyStatus(status: number, headers: Pick<HeaderList, 'has'>): StatusClass {
  if (status >= 200 && status < 300) return 'ok';
  if (status === 429 || (status === 503 && headers.has('retry-after'))) return 'throttled';
  if ((status >= 500 && status < 600) || SERVER_STATUSES.has(status)) return 'server';
  return 'client';
}
