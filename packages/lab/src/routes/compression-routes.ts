import { promisify } from 'node:util';
import { brotliCompress, deflate, gzip, zstdCompress } from 'node:zlib';
import type { Exchange } from '../route/exchange.ts';
import type { Route, RouteFamily } from '../route/route.ts';
import { echoHeaders } from './echo-routes.ts';

type Compress = (bytes: Buffer) => Promise<Buffer>;

/** The content codings that the lab sends, by their name in `Content-Encoding`; they run in the thread pool. */
export const compressors: Readonly<Record<'gzip' | 'deflate' | 'br' | 'zstd', Compress>> = {
  gzip: promisify<Buffer, Buffer>(gzip),
  deflate: promisify<Buffer, Buffer>(deflate),
  br: promisify<Buffer, Buffer>(brotliCompress),
  zstd: promisify<Buffer, Buffer>(zstdCompress),
};

/** Sends a JSON body with a content coding. */
export async function sendCompressed(
  exchange: Exchange,
  coding: keyof typeof compressors,
  value: unknown,
): Promise<void> {
  const body = await compressors[coding](Buffer.from(`${JSON.stringify(value, null, 2)}\n`));
  exchange.send(200, 'application/json', body, ['Content-Encoding', coding]);
}

function compressed(path: string, coding: keyof typeof compressors, flag: string): Route {
  return {
    path,
    summary: `Answers with JSON under \`Content-Encoding: ${coding}\`.`,
    handle: (exchange) =>
      sendCompressed(exchange, coding, {
        [flag]: true,
        headers: echoHeaders(exchange),
        method: exchange.request.method,
        origin: exchange.request.socket.remoteAddress ?? '',
      }),
  };
}

/** Routes with a content coding, sent whether the client asked for it or not. */
export const compressionRoutes: RouteFamily = {
  name: 'Compression',
  routes: [
    compressed('/gzip', 'gzip', 'gzipped'),
    compressed('/deflate', 'deflate', 'deflated'),
    compressed('/brotli', 'br', 'brotli'),
    compressed('/zstd', 'zstd', 'zstd'),
  ],
};
