import type { Exchange } from '../route/exchange.ts';
import type { RouteFamily } from '../route/route.ts';
import { echoRequest, echoWithBody } from './echo-routes.ts';

const MAX_SECONDS = 60;
/** A drip writes at most this often; faster ones write more bytes at a time. */
const MIN_TICK_MS = 10;

async function answerLater(exchange: Exchange): Promise<void> {
  const delayMs = exchange.numberParam('seconds', { min: 0, max: MAX_SECONDS }) * 1000;
  const { method } = exchange.request;
  const echo = method === 'GET' || method === 'HEAD' ? echoRequest(exchange) : await echoWithBody(exchange);
  exchange.after(delayMs, () => exchange.sendJson(200, echo));
}

function drip(exchange: Exchange): void {
  const durationMs = exchange.numberQuery('duration', 2, { min: 0, max: MAX_SECONDS }) * 1000;
  const delayMs = exchange.numberQuery('delay', 0, { min: 0, max: MAX_SECONDS }) * 1000;
  const length = exchange.numberQuery('numbytes', 10, { min: 1, max: 10_485_760, integer: true });
  const status = exchange.numberQuery('code', 200, { min: 200, max: 999, integer: true });
  const tickMs = Math.max(MIN_TICK_MS, durationMs / length);

  const start = (): void => {
    const startedAt = performance.now();
    let sent = 0;
    const tick = (): void => {
      const share = durationMs === 0 ? 1 : Math.min(1, (performance.now() - startedAt) / durationMs);
      const due = Math.floor(share * length);
      if (due > sent) exchange.response.write('*'.repeat(due - sent));
      sent = due;
      if (sent === length) exchange.response.end();
      else exchange.after(tickMs, tick);
    };
    exchange.begin(status, ['Content-Type', 'application/octet-stream', 'Content-Length', String(length)]);
    exchange.response.flushHeaders();
    tick();
  };
  exchange.after(delayMs, start);
}

/** Routes that answer well, but slowly. */
export const timingRoutes: RouteFamily = {
  name: 'Slow',
  routes: [
    {
      path: '/delay/:seconds',
      summary: 'Echoes the request after a delay; fractions allowed, at most 60 seconds.',
      example: '/delay/0.5',
      handle: answerLater,
    },
    {
      path: '/drip',
      query: '?duration&numbytes&delay&code',
      summary: 'After `delay` seconds, drips `numbytes` bytes over `duration` seconds.',
      example: '/drip?duration=2&numbytes=10&delay=0&code=200',
      handle: drip,
    },
  ],
};
