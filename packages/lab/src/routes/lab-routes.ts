import { hostileCases } from '../hostile/hostile-cases.ts';
import { hostileLink } from '../hostile/hostile-link.ts';
import type { HostileGround } from '../lab.ts';
import { renderIndexPage } from '../page/index-page.ts';
import type { RouteFamily } from '../route/route.ts';

/** Routes about the lab itself: its table of routes, given as `families`, what it does on a bad day, and its hit counter. */
export function createLabRoutes(
  families: () => readonly RouteFamily[],
  ground: () => HostileGround | undefined,
): RouteFamily {
  return {
    name: 'The lab',
    routes: [
      {
        path: '/',
        methods: ['GET'],
        summary: 'This table, as a page.',
        handle: (exchange) => exchange.send(200, 'text/html; charset=utf-8', renderIndexPage(families(), ground())),
      },
      {
        path: '/routes',
        methods: ['GET'],
        summary: 'This table, as JSON.',
        handle: (exchange) => exchange.sendJson(200, describeRoutes(families())),
      },
      {
        path: '/hostile',
        methods: ['GET'],
        summary: 'Every hostile behaviour as JSON: number, name, URL, what a good client does, the class expected.',
        handle: (exchange) => exchange.sendJson(200, describeHostile(exchange.origin, ground())),
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

function describeHostile(origin: string, ground: HostileGround | undefined): unknown {
  const cases = hostileCases.map(({ url: _, ...facts }, index) => ({
    ...facts,
    url: hostileLink(hostileCases[index]!, origin, ground) ?? null,
  }));
  return { addresses: ground?.addresses ?? { lab: origin }, ca: ground?.ca ?? null, cases };
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
