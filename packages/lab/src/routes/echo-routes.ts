import type { Exchange } from '../route/exchange.ts';
import type { Route, RouteFamily } from '../route/route.ts';
import { collectPairs } from './collect-pairs.ts';
import { readRequestBody } from './request-body.ts';

/** The request's headers as httpbin shows them: `Content-Type` whatever the case sent, repeated ones joined by a comma. */
export function echoHeaders(exchange: Exchange): Record<string, string> {
  const { rawHeaders } = exchange.request;
  const headers: Record<string, string> = {};
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = titleCase(rawHeaders[index] ?? '');
    const value = rawHeaders[index + 1] ?? '';
    headers[name] = Object.hasOwn(headers, name) ? `${headers[name]},${value}` : value;
  }
  return headers;
}

/** What every echo has: args, headers, the client's address, the URL. */
export function echoRequest(exchange: Exchange): Record<string, unknown> {
  return {
    args: collectPairs(exchange.query),
    headers: echoHeaders(exchange),
    origin: exchange.request.socket.remoteAddress ?? '',
    url: exchange.origin + exchange.target,
  };
}

/** The echo of a request with its body: data, files, form, json and the method too. */
export async function echoWithBody(exchange: Exchange): Promise<Record<string, unknown>> {
  const body = await readRequestBody(exchange.request);
  return { ...echoRequest(exchange), method: exchange.request.method, ...body };
}

function titleCase(name: string): string {
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}

async function answerWithBody(exchange: Exchange): Promise<void> {
  exchange.sendJson(200, await echoWithBody(exchange));
}

function echoOf(method: string): Route {
  return {
    path: `/${method.toLowerCase()}`,
    methods: [method],
    summary: `Echoes a ${method} request with its body: args, headers, data, files, form, json, origin, url, method.`,
    handle: answerWithBody,
  };
}

/** Routes that show the request as the server saw it. */
export const echoRoutes: RouteFamily = {
  name: 'Echo',
  routes: [
    {
      path: '/get',
      methods: ['GET'],
      summary: 'Echoes a GET request: args, headers, origin, url.',
      example: '/get?name=value',
      handle: (exchange) => exchange.sendJson(200, echoRequest(exchange)),
    },
    echoOf('POST'),
    echoOf('PUT'),
    echoOf('PATCH'),
    echoOf('DELETE'),
    { path: '/anything', summary: 'Echoes a request of any method with its body.', handle: answerWithBody },
    {
      path: '/anything/*',
      summary: 'The same, under any path.',
      example: '/anything/a/b?c=d',
      handle: answerWithBody,
    },
    {
      path: '/headers',
      summary: 'Shows the request headers.',
      handle: (exchange) => exchange.sendJson(200, { headers: echoHeaders(exchange) }),
    },
    {
      path: '/ip',
      summary: "Shows the client's address.",
      handle: (exchange) => exchange.sendJson(200, { origin: exchange.request.socket.remoteAddress ?? '' }),
    },
    {
      path: '/user-agent',
      summary: 'Shows the User-Agent header.',
      handle: (exchange) => exchange.sendJson(200, { 'user-agent': exchange.request.headers['user-agent'] ?? null }),
    },
  ],
};
