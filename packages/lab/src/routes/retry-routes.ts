import type { Exchange } from '../route/exchange.ts';
import { RequestError } from '../route/request-error.ts';
import type { RouteFamily } from '../route/route.ts';
import { chance } from '../seeded/chance.ts';

const WINDOW_MS = 1000;

interface Window {
  startedAt: number;
  used: number;
}

function answerAttempt(exchange: Exchange, isFailing: boolean): void {
  const { attempt } = exchange;
  if (isFailing) exchange.sendJson(503, { error: 'failing on purpose', attempt });
  else exchange.sendJson(200, { ok: true, attempt });
}

/** A bucket's window opens with its first request and lasts one second, so that `Retry-After: 1` is always long enough. */
function createRateLimit(): (exchange: Exchange) => void {
  const windows = new Map<string, Window>();
  return (exchange) => {
    const limit = exchange.numberParam('n', { min: 1, max: 1_000_000, integer: true });
    const bucket = `${limit} ${exchange.query.get('bucket') ?? ''}`;
    const time = performance.now();
    let window = windows.get(bucket);
    if (window === undefined || time - window.startedAt >= WINDOW_MS) {
      window = { startedAt: time, used: 0 };
      windows.set(bucket, window);
    }
    window.used += 1;
    if (window.used <= limit) exchange.sendJson(200, { ok: true, limit, used: window.used });
    else exchange.sendJson(429, { error: 'too many requests', limit }, ['Retry-After', '1']);
  };
}

/** What servers put into Retry-After (RFC 9110 10.2.3), and the status with it. */
const throttles: Readonly<Record<string, { readonly status: number; readonly retryAfter: () => string }>> = {
  seconds: { status: 429, retryAfter: () => '2' },
  date: { status: 429, retryAfter: () => new Date(Date.now() + 3000).toUTCString() },
  garbage: { status: 429, retryAfter: () => 'soon' },
  huge: { status: 429, retryAfter: () => '99999999999' },
  negative: { status: 429, retryAfter: () => '-5' },
  unavailable: { status: 503, retryAfter: () => '2' },
};

function answerThrottled(exchange: Exchange): void {
  const kind = exchange.param('kind');
  const throttle = Object.hasOwn(throttles, kind) ? throttles[kind] : undefined;
  if (throttle === undefined) throw new RequestError(404, `no kind '${kind}': ${Object.keys(throttles).join(', ')}`);
  exchange.sendJson(throttle.status, { error: 'slow down' }, ['Retry-After', throttle.retryAfter()]);
}

/** Routes for clients that retry and slow down. What they count is per path and query, and `DELETE /hits` resets it. */
export function createRetryRoutes(): RouteFamily {
  return {
    name: 'Failures that heal',
    routes: [
      {
        path: '/flaky/:p',
        summary: 'Fails with 503 with probability p, by seed, URL and attempt, so that a retry can succeed.',
        example: '/flaky/0.3',
        handle: (exchange) => {
          const probability = exchange.numberParam('p', { min: 0, max: 1 });
          answerAttempt(exchange, chance(exchange.seed, `${exchange.target}#${exchange.attempt}`) < probability);
        },
      },
      {
        path: '/fail-times/:n',
        summary: 'Fails with 503 the first n times, then answers 200.',
        example: '/fail-times/2',
        handle: (exchange) => {
          const failures = exchange.numberParam('n', { min: 0, max: 1_000_000, integer: true });
          answerAttempt(exchange, exchange.attempt <= failures);
        },
      },
      {
        path: '/ratelimit/:n',
        query: '?bucket',
        summary: 'Takes n requests a second for each bucket, answers 429 with `Retry-After: 1` to the others.',
        example: '/ratelimit/5?bucket=a',
        handle: createRateLimit(),
      },
      {
        path: '/retry-after/:seconds',
        summary: 'Answers 429 with this Retry-After the first time, then 200.',
        example: '/retry-after/1',
        handle: (exchange) => {
          const seconds = exchange.numberParam('seconds', { min: 0, max: 86_400, integer: true });
          if (exchange.attempt > 1) answerAttempt(exchange, false);
          else exchange.sendJson(429, { error: 'too many requests' }, ['Retry-After', String(seconds)]);
        },
      },
      {
        path: '/throttled/:kind',
        summary: 'Answers 429 (or 503) with Retry-After as seconds, date, garbage, huge, negative; or `unavailable`.',
        example: '/throttled/date',
        handle: answerThrottled,
      },
    ],
  };
}
