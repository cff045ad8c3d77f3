import type { RequestTarget } from '../request-target.ts';
import { type ProxyTable, routeOf } from './proxy-table.ts';

/** What changes in a request that a proxy is to fetch itself, without a tunnel. */
export interface ForwardedRequest {
  /** The whole URL (absolute-form, RFC 9112 3.2.2). */
  readonly path: string;
  readonly headers: readonly string[];
}

/** The request as the proxy gets it; undefined when it does not see it: sent directly, or through a tunnel. */
export function forwardedRequest(
  target: RequestTarget,
  headers: readonly string[],
  proxies: ProxyTable,
): ForwardedRequest | undefined {
  if (target.origin.startsWith('https:')) return undefined;
  const proxy = proxies.choose(routeOf(target.origin));
  if (proxy === undefined || proxy.tunnel) return undefined;
  return {
    path: target.url,
    headers: proxy.authorization === undefined ? headers : [...headers, 'proxy-authorization', proxy.authorization],
  };
}
