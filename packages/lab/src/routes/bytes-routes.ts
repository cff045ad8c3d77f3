import type { Exchange } from '../route/exchange.ts';
import type { RouteFamily } from '../route/route.ts';
import { streamBody } from '../route/stream-body.ts';
import { CHUNK_BYTES, seededChunks } from '../seeded/seeded-bytes.ts';
import { echoRequest } from './echo-routes.ts';

const OCTETS = 'application/octet-stream';
const MAX_BYTES = 1024 * 1024 * 1024;

/** A whole number of bytes from the path and the bytes themselves, from `?seed` or the lab's seed. */
function requestedBytes(exchange: Exchange): { length: number; chunks: Iterable<Buffer> } {
  const length = exchange.numberParam('n', { min: 0, max: MAX_BYTES, integer: true });
  const hasQuery = exchange.queryText !== '';
  const bounds = { min: -0x8000_0000, max: 0xffff_ffff, integer: true };
  const seed = hasQuery ? exchange.numberQuery('seed', exchange.seed, bounds) : exchange.seed;
  return { length, chunks: seededChunks(seed, length) };
}

function answerBytes(exchange: Exchange): void {
  const { length, chunks } = requestedBytes(exchange);
  if (length <= CHUNK_BYTES) {
    const [whole = Buffer.alloc(0)] = chunks;
    exchange.send(200, OCTETS, whole);
    return;
  }
  exchange.begin(200, ['Content-Type', OCTETS, 'Content-Length', String(length)]);
  streamBody(exchange, chunks);
}

function streamBytes(exchange: Exchange): void {
  const { chunks } = requestedBytes(exchange);
  exchange.begin(200, ['Content-Type', OCTETS]);
  streamBody(exchange, chunks);
}

function* jsonLines(exchange: Exchange, count: number): Generator<string, void> {
  const echo = echoRequest(exchange);
  for (let id = 0; id < count; id += 1) yield `${JSON.stringify({ id, ...echo })}\n`;
}

/** Routes whose body has a chosen size. */
export const bytesRoutes: RouteFamily = {
  name: 'Bytes',
  routes: [
    {
      path: '/bytes/:n',
      query: '?seed',
      summary: 'Answers with n bytes that depend on the seed alone, with a Content-Length; at most 1 GiB.',
      example: '/bytes/1024?seed=7',
      handle: answerBytes,
    },
    {
      path: '/stream-bytes/:n',
      query: '?seed',
      summary: 'The same bytes, chunked.',
      example: '/stream-bytes/1024?seed=7',
      handle: streamBytes,
    },
    {
      path: '/stream/:n',
      summary: 'Streams n lines of JSON, at most 100,000.',
      example: '/stream/5',
      handle: (exchange) => {
        const count = exchange.numberParam('n', { min: 0, max: 100_000, integer: true });
        exchange.begin(200, ['Content-Type', 'application/json']);
        streamBody(exchange, jsonLines(exchange, count));
      },
    },
  ],
};
