import type { Exchange } from '../route/exchange.ts';
import type { RouteFamily } from '../route/route.ts';
import { collectPairs } from './collect-pairs.ts';

function checkBasic(exchange: Exchange): void {
  const [user, pass] = [exchange.param('user'), exchange.param('pass')];
  const expected = `Basic ${Buffer.from(`${user}:${pass}`).toString('base64')}`;
  if (exchange.request.headers.authorization === expected) exchange.sendJson(200, { authenticated: true, user });
  else exchange.sendJson(401, { authenticated: false }, ['WWW-Authenticate', 'Basic realm="sluice lab"']);
}

function checkBearer(exchange: Exchange): void {
  const token = /^Bearer (\S+)$/i.exec(exchange.request.headers.authorization ?? '')?.[1];
  if (token !== undefined) exchange.sendJson(200, { authenticated: true, token });
  else exchange.sendJson(401, { authenticated: false }, ['WWW-Authenticate', 'Bearer']);
}

function showCookies(exchange: Exchange): void {
  const pairs = (exchange.request.headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '')
    .map((pair): [string, string] => {
      const equals = pair.indexOf('=');
      return equals < 0 ? ['', pair] : [pair.slice(0, equals), pair.slice(equals + 1)];
    });
  exchange.sendJson(200, { cookies: collectPairs(pairs) });
}

function setCookies(exchange: Exchange): void {
  const cookies = [...exchange.query].flatMap(([name, value]) => [
    'Set-Cookie',
    `${encodeURIComponent(name)}=${encodeURIComponent(value)}; Path=/`,
  ]);
  exchange.sendText(302, 'see /cookies\n', ['Location', '/cookies', ...cookies]);
}

/** Routes that ask for, show or set what a client keeps to itself. */
export const credentialRoutes: RouteFamily = {
  name: 'Authentication and cookies',
  routes: [
    {
      path: '/basic-auth/:user/:pass',
      summary: 'Wants these credentials by HTTP Basic authentication, else 401.',
      example: '/basic-auth/ada/secret',
      handle: checkBasic,
    },
    { path: '/bearer', summary: 'Wants any bearer token, else 401.', handle: checkBearer },
    { path: '/cookies', summary: 'Shows the cookies sent.', handle: showCookies },
    {
      path: '/cookies/set',
      query: '?name=value',
      summary: 'Sets each query parameter as a cookie and redirects to /cookies.',
      example: '/cookies/set?flavour=oat',
      handle: setCookies,
    },
  ],
};
