import type { Exchange } from '../route/exchange.ts';
import { RequestError } from '../route/request-error.ts';
import type { RouteFamily } from '../route/route.ts';
import { wireCases } from './wire-cases.ts';

function duplicateLength(exchange: Exchange): void {
  const second = exchange.numberQuery('second', 5, { min: 0, max: 1000, integer: true });
  const lengths = `Content-Length: 5\r\nContent-Length: ${second}\r\n`;
  exchange.takeSocket(200).end(`HTTP/1.1 200 OK\r\n${lengths}Connection: close\r\n\r\nhello`);
}

function sendWireCase(exchange: Exchange): void {
  const name = exchange.param('case');
  const found = wireCases.find((wireCase) => wireCase.name === name);
  if (found === undefined) throw new RequestError(404, `no wire case '${name}'; GET /wire lists them`);
  const socket = exchange.takeSocket(found.status);
  if (found.staysOpen === true) socket.write(found.bytes, 'latin1');
  else socket.end(found.bytes, 'latin1');
}

/** Routes whose bytes are unusual HTTP, or none. */
export const protocolRoutes: RouteFamily = {
  name: 'Protocol',
  routes: [
    {
      path: '/garbage',
      summary: 'Answers with bytes that are not HTTP.',
      handle: (exchange) => void exchange.takeSocket(0).end('\x00\x01this is not HTTP\xff\xfe\r\n\r\n', 'latin1'),
    },
    {
      path: '/early-hints',
      summary: 'Sends 103 Early Hints before the response.',
      handle: (exchange) => {
        exchange.response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
        exchange.sendText(200, 'after the hints\n');
      },
    },
    {
      path: '/unasked-100',
      summary: 'Sends 100 Continue to a client that did not ask for it, then the response.',
      handle: (exchange) => {
        exchange.response.writeContinue();
        exchange.sendText(200, 'continued\n');
      },
    },
    {
      path: '/duplicate-length',
      query: '?second',
      summary: 'Sends Content-Length twice, equal, or with `second` as the other value.',
      example: '/duplicate-length?second=6',
      handle: duplicateLength,
    },
    {
      path: '/wire',
      summary: 'Lists the cases of /wire/:case.',
      handle: (exchange) => exchange.sendJson(200, { cases: wireCases.map((wireCase) => wireCase.name) }),
    },
    {
      path: '/wire/:case',
      summary:
        'Sends one malformed or surprising reply byte by byte; then closes, or leaves the connection to the client.',
      example: '/wire/chunk-last-missing',
      handle: sendWireCase,
    },
  ],
};
