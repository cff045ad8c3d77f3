import type { Exchange, HeaderList } from '../route/exchange.ts';
import { numberIn } from '../route/number-in.ts';
import type { RouteFamily } from '../route/route.ts';
import { chance } from '../seeded/chance.ts';

const NO_HEADERS: HeaderList = [];

/** The headers without which a client could not act on the status. */
const STATUS_HEADERS: ReadonlyMap<number, HeaderList> = new Map<number, HeaderList>([
  ...[301, 302, 303, 307, 308].map((status): [number, HeaderList] => [status, ['Location', '/redirect/1']]),
  [401, ['WWW-Authenticate', 'Basic realm="sluice lab"']],
  [407, ['Proxy-Authenticate', 'Basic realm="sluice lab"']],
]);

function answerStatus(exchange: Exchange): void {
  const status = chooseStatus(exchange.param('codes'), exchange.seed, exchange.target);
  exchange.sendText(status, '', STATUS_HEADERS.get(status) ?? NO_HEADERS);
}

function chooseStatus(codes: string, seed: number, target: string): number {
  if (!codes.includes(',')) return readStatus(codes.split(':')[0] ?? '');
  const choices = codes.split(',').map((choice) => {
    const [status = '', weight = '1'] = choice.split(':');
    return { status: readStatus(status), weight: numberIn(weight, 'weight', { min: 0, max: 1_000_000 }) };
  });
  const total = choices.reduce((sum, { weight }) => sum + weight, 0);
  let left = chance(seed, target) * total;
  for (const { status, weight } of choices) {
    left -= weight;
    if (left < 0) return status;
  }
  // Only when all weights are 0.
  return choices[0]?.status ?? 200;
}

function readStatus(text: string): number {
  return numberIn(text, 'status', { min: 200, max: 999, integer: true });
}

/** Routes that answer with a chosen status. */
export const statusRoutes: RouteFamily = {
  name: 'Status',
  routes: [
    {
      path: '/status/:codes',
      summary: 'Answers with the status; of a list, weighted as in `200:3,500:1`, the seed and the URL choose one.',
      example: '/status/200:3,500:1',
      handle: answerStatus,
    },
  ],
};
