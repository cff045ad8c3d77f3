import { renderIndexPage } from '../page/index-page.ts';
import type { RouteFamily } from '../route/route.ts';

/** Routes about the lab itself: its table of routes, given as `families`, and its hit counter. */
export function createLabRoutes(families: () => readonly RouteFamily[]): RouteFamily {
  return {
    name: 'The lab',
    routes: [
      {
        path: '/',
        methods: ['GET'],
        summary: 'This table, as a page.',
        handle: (exchange) => exchange.send(200, 'text/html; charset=utf-8', renderIndexPage(families())),
      },
      {
        path: '/routes',
        methods: ['GET'],
        summary: 'This table, as JSON.',
        handle: (exchange) => exchange.sendJson(200, describeRoutes(families())),
      },
      {
        path: '/hits',
        query: '?path',
        methods: ['GET'],
        counted: false,
        summary: 'All requests counted: { total, byStatus, paths }; with `path` (and its query, encoded) one number.',
        handle: (exchange) => {
          const path = exchange.query.get('path');
          exchange.sendJson(200, path === null ? exchange.hits.toJSON() : exchange.hits.get(path));
        },
      },
      {
        path: '/hits',
        methods: ['DELETE'],
        counted: false,
        summary: 'Sets all counts to 0, so that what heals after some requests fails again.',
        handle: (exchange) => {
          exchange.hits.reset();
          exchange.sendText(204, '');
        },
      },
    ],
  };
}

function describeRoutes(families: readonly RouteFamily[]): unknown {
  return families.flatMap((family) =>
    family.routes.map(({ path, query = '', summary, example = path, methods = ['*'] }) => ({
      family: family.name,
      methods,
      path,
      query,
      summary,
      example,
    })),
  );
}
