import type { Exchange } from '../route/exchange.ts';
import type { RouteFamily } from '../route/route.ts';
import { streamBody } from '../route/stream-body.ts';

const BODY_BYTES = 1000;
const FLOOD_INTERVAL_MS = 10;

function trickleHeaders(exchange: Exchange): void {
  const intervalMs = exchange.numberParam('ms', { min: 0, max: 60_000 });
  const lines = exchange.numberQuery('lines', 10, { min: 1, max: 10_000, integer: true });
  const socket = exchange.takeSocket(200);
  let sent = 0;
  const next = (): void => {
    sent += 1;
    if (sent > lines) {
      socket.end('Content-Length: 3\r\nConnection: close\r\n\r\nok\n');
      return;
    }
    socket.write(`X-Slow-${sent}: ${sent}\r\n`);
    exchange.after(intervalMs, next);
  };
  socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n');
  exchange.after(intervalMs, next);
}

function hangInBody(exchange: Exchange): void {
  exchange.begin(200, ['Content-Type', 'text/plain', 'Content-Length', String(BODY_BYTES)]);
  exchange.response.write('x'.repeat(BODY_BYTES / 2));
}

/** Never a response: only a count or a deadline that no byte extends can end it. */
function floodInformational(exchange: Exchange): void {
  const socket = exchange.takeSocket(0);
  const next = (): void => {
    socket.write('HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n');
    exchange.after(FLOOD_INTERVAL_MS, next);
  };
  next();
}

function* endlessChunks(): Generator<Buffer, never> {
  const chunk = Buffer.alloc(64 * 1024, 'endless ');
  for (;;) yield chunk;
}

/** Routes that never end, or not for a long time. */
export const stallRoutes: RouteFamily = {
  name: 'Stalls',
  routes: [
    {
      path: '/slow-headers/:ms',
      query: '?lines',
      summary: 'Sends a header line every `ms` milliseconds, `lines` (10) in all, then a short body.',
      example: '/slow-headers/200',
      handle: trickleHeaders,
    },
    {
      path: '/hang',
      summary: 'Takes the request and never answers.',
      handle: (exchange) => void exchange.takeSocket(0),
    },
    { path: '/hang-body', summary: 'Sends headers and half of the body, then nothing.', handle: hangInBody },
    {
      path: '/informational-flood',
      summary: 'Sends 103 Early Hints every 10 ms, for ever.',
      handle: floodInformational,
    },
    {
      path: '/endless',
      summary: 'Sends a body without end, as fast as it is read.',
      handle: (exchange) => {
        exchange.begin(200, ['Content-Type', 'text/plain']);
        streamBody(exchange, endlessChunks());
      },
    },
  ],
};
