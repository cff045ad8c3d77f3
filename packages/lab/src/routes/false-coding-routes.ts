import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import type { Exchange } from '../route/exchange.ts';
import type { RouteFamily } from '../route/route.ts';
import { compressors } from './compression-routes.ts';

const MEBIBYTE = 1024 * 1024;
const TEXT = Buffer.from(Array.from({ length: 1000 }, (_, line) => `line ${line} of a text\n`).join(''));

/** Bombs already made, by MiB: each costs time once and about 1/1000 of its size in memory. */
const bombs = new Map<number, Promise<Buffer>>();

function* zeros(mebibytes: number): Generator<Buffer, void> {
  const block = Buffer.alloc(MEBIBYTE);
  for (let index = 0; index < mebibytes; index += 1) yield block;
}

async function makeBomb(mebibytes: number): Promise<Buffer> {
  return await buffer(Readable.from(zeros(mebibytes)).pipe(createGzip({ level: 9 })));
}

async function sendBomb(exchange: Exchange): Promise<void> {
  const mebibytes = exchange.numberQuery('mib', 64, { min: 1, max: 1024, integer: true });
  const bomb = bombs.get(mebibytes) ?? makeBomb(mebibytes);
  bombs.set(mebibytes, bomb);
  sendAsGzip(exchange, await bomb);
}

async function sendTruncated(exchange: Exchange): Promise<void> {
  const whole = await compressors.gzip(TEXT);
  sendAsGzip(exchange, whole.subarray(0, whole.length >> 1));
}

function sendAsGzip(exchange: Exchange, body: Buffer): void {
  exchange.send(200, 'text/plain', body, ['Content-Encoding', 'gzip']);
}

/** Routes whose Content-Encoding is a trap. */
export const falseCodingRoutes: RouteFamily = {
  name: 'False codings',
  routes: [
    {
      path: '/gzip-truncated',
      summary: 'Sends half of a gzip body, with the length of the half.',
      handle: sendTruncated,
    },
    {
      path: '/gzip-bomb',
      query: '?mib',
      summary: 'Sends `mib` (64) MiB of zeros, compressed to about a thousandth.',
      example: '/gzip-bomb?mib=64',
      handle: sendBomb,
    },
    {
      path: '/gzip-lie',
      summary: 'Says gzip, sends plain text.',
      handle: (exchange) => sendAsGzip(exchange, TEXT),
    },
  ],
};
