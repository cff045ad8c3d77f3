import type { Socket } from 'node:net';
import type { Exchange } from '../route/exchange.ts';
import type { RouteFamily } from '../route/route.ts';
import { streamBody } from '../route/stream-body.ts';
import { seededChunks } from '../seeded/seeded-bytes.ts';

const BODY_BYTES = 1000;
const HALF_BODY = 'x'.repeat(BODY_BYTES / 2);
/** Long enough for a client to read what was sent before the reset, which may otherwise overtake it. */
const RESET_DELAY_MS = 50;

const WITH_LENGTH = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${BODY_BYTES}\r\n\r\n`;
const WITHOUT_LENGTH = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n';

/** Resets the connection (RST) before any response. */
export function resetConnection(exchange: Exchange): void {
  exchange.takeSocket(0).resetAndDestroy();
}

function resetAfter(exchange: Exchange, bytes: string): void {
  const socket = exchange.takeSocket(200);
  socket.write(bytes);
  exchange.after(RESET_DELAY_MS, () => socket.resetAndDestroy());
}

function endAfter(exchange: Exchange, bytes: string): void {
  exchange.takeSocket(200).end(bytes);
}

function closeAfterBody(exchange: Exchange): void {
  const length = exchange.numberParam('n', { min: 0, max: 64 * 1024 * 1024, integer: true });
  const headers = ['Content-Type', 'application/octet-stream', 'Content-Length', String(length)];
  exchange.begin(200, [...headers, 'Connection', 'close']);
  streamBody(exchange, seededChunks(exchange.seed, length));
}

/** Connections that had their one answer. */
const answered = new WeakSet<Socket>();

/** Every second request meets the close: what the race between a server's timeout and a client comes to, without the chance. */
function raceKeepAlive(exchange: Exchange): void {
  const socket = exchange.takeSocket(answered.has(exchange.request.socket) ? 0 : 200);
  if (answered.has(socket)) {
    socket.end();
    return;
  }
  answered.add(socket);
  socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nok\n');
}

/** Routes that end the connection in the wrong place, or in a place that looks wrong. */
export const connectionRoutes: RouteFamily = {
  name: 'Broken connections',
  routes: [
    { path: '/reset', summary: 'Resets the connection (RST) before a response.', handle: resetConnection },
    {
      path: '/reset-body',
      summary: 'Resets the connection after half of a body with Content-Length.',
      handle: (exchange) => resetAfter(exchange, WITH_LENGTH + HALF_BODY),
    },
    {
      path: '/close',
      summary: 'Closes the connection (FIN) without a response.',
      handle: (exchange) => void exchange.takeSocket(0).end(),
    },
    {
      path: '/short-body',
      summary: 'Closes the connection after half of a body with Content-Length.',
      handle: (exchange) => endAfter(exchange, WITH_LENGTH + HALF_BODY),
    },
    {
      path: '/close-delimited',
      summary: 'Sends a whole body that only the close of the connection ends.',
      handle: (exchange) => endAfter(exchange, WITHOUT_LENGTH + HALF_BODY),
    },
    {
      path: '/close-delimited-reset',
      summary: 'The same, but the connection is reset: the body is incomplete.',
      handle: (exchange) => resetAfter(exchange, WITHOUT_LENGTH + HALF_BODY),
    },
    {
      path: '/keep-alive-race',
      summary: 'Answers the first request of a connection, and closes it at the second, unanswered.',
      handle: raceKeepAlive,
    },
    {
      path: '/connection-close/:n',
      summary: 'Sends n bytes with Content-Length and `Connection: close`.',
      example: '/connection-close/65536',
      handle: closeAfterBody,
    },
  ],
};
