import type { Exchange } from '../route/exchange.ts';
import { RequestError } from '../route/request-error.ts';
import type { Route, RouteFamily } from '../route/route.ts';

function redirect(exchange: Exchange, status: number, location: string): void {
  exchange.sendText(status, `see ${location}\n`, ['Location', location]);
}

/** A chain of n redirects that ends at /get; the query goes along, so that chains can be told apart. */
function chain(name: string, summary: string, prefixOf: (exchange: Exchange) => string): Route {
  return {
    path: `/${name}/:n`,
    summary,
    example: `/${name}/3`,
    handle: (exchange) => {
      const left = exchange.numberParam('n', { min: 1, max: 1000, integer: true }) - 1;
      const query = exchange.queryText === '' ? '' : `?${exchange.queryText}`;
      redirect(exchange, 302, `${prefixOf(exchange)}${left === 0 ? 'get' : `${name}/${left}`}${query}`);
    },
  };
}

function redirectTo(exchange: Exchange): void {
  const location = exchange.query.get('url');
  if (location === null) throw new RequestError(400, 'url is missing: /redirect-to?url=/get');
  // Header values are Latin-1 without controls; anything else in a URL is percent-encoded.
  const safe = location.replace(/[^\x21-\x7e]/gu, (character) => encodeURIComponent(character));
  redirect(exchange, exchange.numberQuery('status_code', 302, { min: 300, max: 399, integer: true }), safe);
}

/** Routes that send the client elsewhere. */
export const redirectRoutes: RouteFamily = {
  name: 'Redirects',
  routes: [
    chain('redirect', 'Redirects n times, then to /get; keeps the query.', () => '/'),
    chain('relative-redirect', 'The same with a Location relative to the path.', () => '../'),
    chain('absolute-redirect', 'The same with an absolute Location.', (exchange) => `${exchange.origin}/`),
    {
      path: '/redirect-to',
      query: '?url&status_code',
      summary: 'Redirects to `url` with status `status_code` (302).',
      example: '/redirect-to?url=/get&status_code=307',
      handle: redirectTo,
    },
    {
      path: '/redirect-endless',
      query: '?n',
      summary: 'Redirects to itself with a higher `n`, for ever.',
      handle: (exchange) => {
        const hop = exchange.numberQuery('n', 0, { min: 0, max: Number.MAX_SAFE_INTEGER - 1, integer: true });
        redirect(exchange, 302, `/redirect-endless?n=${hop + 1}`);
      },
    },
    {
      path: '/redirect-loop',
      summary: 'Redirects to itself, for ever.',
      handle: (exchange) => redirect(exchange, 302, '/redirect-loop'),
    },
  ],
};
