import type { IncomingMessage, ServerResponse } from 'node:http';
import { Exchange, type ExchangeContext } from './exchange.ts';
import { RequestError } from './request-error.ts';
import type { RouteFamily } from './route.ts';
import { type Match, Router } from './router.ts';

/** Options of `createDispatcher`. */
export interface DispatchOptions extends ExchangeContext {
  /** Gets one line for each request when it is over. Default: none is written. */
  readonly log?: ((line: string) => void) | undefined;
}

/**
 * Turns a route table into a request listener. It knows nothing of the listening socket, so plain HTTP, TLS and the
 * compatibility layer of `node:http2` can share it.
 */
export function createDispatcher(
  families: readonly RouteFamily[],
  options: DispatchOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  const router = new Router(families);
  return (request, response) => {
    const target = originForm(request.url ?? '/');
    const match = findRoute(router, request.method ?? 'GET', target);
    const isCounted = match instanceof RequestError || match.route.counted !== false;
    const attempt = isCounted ? options.hits.countRequest(target) : 0;
    const params = match instanceof RequestError ? {} : match.params;
    const exchange = new Exchange(request, response, target, params, attempt, options);
    if (options.log !== undefined) logWhenOver(exchange, options.log);
    if (match instanceof RequestError) refuse(exchange, match);
    else serve(exchange, match);
  };
}

function findRoute(router: Router, method: string, target: string): Match | RequestError {
  const mark = target.indexOf('?');
  try {
    return router.match(method, mark < 0 ? target : target.slice(0, mark));
  } catch (error) {
    if (error instanceof RequestError) return error;
    throw error;
  }
}

function serve(exchange: Exchange, match: Match): void {
  try {
    const served = match.route.handle(exchange);
    if (served !== undefined) served.catch((error: unknown) => refuse(exchange, error));
  } catch (error) {
    refuse(exchange, error);
  }
}

function refuse(exchange: Exchange, error: unknown): void {
  if (exchange.response.headersSent) {
    exchange.response.destroy();
    return;
  }
  const { status, headers } = error instanceof RequestError ? error : { status: 500, headers: [] };
  exchange.sendJson(status, { error: error instanceof Error ? error.message : String(error) }, headers);
}

/** Absolute-form (RFC 9112, section 3.2.2) is what clients send to a proxy; a server must accept it as well. */
function originForm(url: string): string {
  if (url.startsWith('/') || !URL.canParse(url)) return url;
  const { pathname, search } = new URL(url);
  return pathname + search;
}

function logWhenOver(exchange: Exchange, log: (line: string) => void): void {
  const startedAt = performance.now();
  exchange.response.once('close', () => {
    const outcome = exchange.status === 0 ? 'no response' : exchange.status;
    log(`${exchange.request.method} ${exchange.target} ${outcome} ${(performance.now() - startedAt).toFixed(1)} ms`);
  });
}
