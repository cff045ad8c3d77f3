import type { Exchange } from '../route/exchange.ts';
import type { RouteFamily } from '../route/route.ts';
import { chance } from '../seeded/chance.ts';
import { sendCompressed } from './compression-routes.ts';
import { resetConnection } from './connection-routes.ts';

interface Behaviour {
  readonly kind: string;
  /** Its share of all items, per mille. */
  readonly share: number;
  readonly answer: (exchange: Exchange, item: Item) => void | Promise<void>;
}

interface Item {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly price: number;
}

function answerOk(exchange: Exchange, item: Item): void {
  exchange.sendJson(200, item);
}

function answerAfter(minMs: number, maxMs: number): Behaviour['answer'] {
  return (exchange, item) => {
    const delayMs = minMs + (maxMs - minMs) * chance(exchange.seed, `latency ${item.id}`);
    exchange.after(delayMs, () => answerOk(exchange, item));
  };
}

/** Fails once, or twice for every fourth item, then answers well. */
function answerFlaky(exchange: Exchange, item: Item): void {
  const failures = chance(exchange.seed, `failures ${item.id}`) < 0.25 ? 2 : 1;
  if (exchange.attempt <= failures) exchange.sendJson(503, { error: 'overloaded, try again', id: item.id });
  else answerOk(exchange, item);
}

function answerThrottled(exchange: Exchange, item: Item): void {
  if (exchange.attempt > 1) answerOk(exchange, item);
  else exchange.sendJson(429, { error: 'too many requests', id: item.id }, ['Retry-After', '1']);
}

function answerReset(exchange: Exchange, item: Item): void {
  if (exchange.attempt > 1) answerOk(exchange, item);
  else resetConnection(exchange);
}

/**
 * Nine in ten end well after retries. What stays broken is mostly 404, and 429 is rare: a client that obeys
 * Retry-After stops for the whole host each time, and one that counts 500s may stop for longer.
 */
const behaviours: readonly Behaviour[] = [
  { kind: 'fast', share: 500, answer: answerAfter(2, 20) },
  { kind: 'slow', share: 180, answer: answerAfter(50, 400) },
  { kind: 'gzip', share: 70, answer: (exchange, item) => sendCompressed(exchange, 'gzip', item) },
  { kind: 'brotli', share: 50, answer: (exchange, item) => sendCompressed(exchange, 'br', item) },
  {
    kind: 'redirect',
    share: 50,
    answer: (exchange, item) => exchange.sendText(302, '', ['Location', `/get?item=${item.id}`]),
  },
  {
    kind: 'missing',
    share: 81,
    answer: (exchange, item) => exchange.sendJson(404, { error: 'no such item', id: item.id }),
  },
  { kind: 'flaky', share: 40, answer: answerFlaky },
  {
    kind: 'broken',
    share: 6,
    answer: (exchange, item) => exchange.sendJson(500, { error: 'always broken', id: item.id }),
  },
  { kind: 'throttled', share: 3, answer: answerThrottled },
  { kind: 'reset', share: 20, answer: answerReset },
];

function behaviourOf(seed: number, id: number): Behaviour {
  let left = chance(seed, `item ${id}`) * behaviours.reduce((sum, { share }) => sum + share, 0);
  const chosen = behaviours.find(({ share }) => {
    left -= share;
    return left < 0;
  });
  if (chosen === undefined) throw new Error('chance() was not below 1');
  return chosen;
}

/** Items for demonstrations: what each one does depends on the seed and its number alone. */
export const itemRoutes: RouteFamily = {
  name: 'Items',
  routes: [
    {
      path: '/item/:n',
      summary:
        'By n fast, slow, compressed, redirected, 404, always 500, or failing in a way that a retry heals (503, 429, reset).',
      example: '/item/2',
      handle: (exchange) => {
        const id = exchange.numberParam('n', { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true });
        const { kind, answer } = behaviourOf(exchange.seed, id);
        const price = Math.round(chance(exchange.seed, `price ${id}`) * 10_000) / 100;
        return answer(exchange, { id, kind, name: `Item ${id}`, price });
      },
    },
  ],
};
