import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import type { Exchange } from '../route/exchange.ts';
import { RequestError } from '../route/request-error.ts';
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
  const times = exchange.numberQuery('times', 1, { min: 1, max: 3, integer: true });
  const bomb = bombs.get(mebibytes) ?? makeBomb(mebibytes);
  bombs.set(mebibytes, bomb);
  let body = await bomb;
  for (let time = 1; time < times; time += 1) body = await compressors.gzip(body);
  sendCoded(exchange, body, Array(times).fill('gzip').join(', '));
}

async function sendTruncated(exchange: Exchange, name: string): Promise<void> {
  const coding = Object.keys(compressors).find((known) => known === name) as keyof typeof compressors | undefined;
  if (coding === undefined) throw new RequestError(404, `no coding '${name}': ${Object.keys(compressors).join(', ')}`);
  const whole = await compressors[coding](TEXT);
  sendCoded(exchange, whole.subarray(0, whole.length >> 1), coding);
}

/** The text comes out whole; only the checksum at the end (RFC 1952 2.3.1) says that it is not what was sent. */
async function sendCorrupt(exchange: Exchange): Promise<void> {
  const body = Buffer.from(await compressors.gzip(TEXT));
  const place = body.length - 8;
  body.writeUInt8(body.readUInt8(place) ^ 0xff, place);
  sendCoded(exchange, body, 'gzip');
}

function sendLie(exchange: Exchange): void {
  const isHonest = exchange.query.has('heals') && exchange.request.headers['accept-encoding'] === 'identity';
  if (isHonest) exchange.send(200, 'text/plain', TEXT);
  else sendCoded(exchange, TEXT, 'gzip');
}

function sendCoded(exchange: Exchange, body: Buffer, coding: string): void {
  exchange.send(200, 'text/plain', body, ['Content-Encoding', coding]);
}

/** Routes whose Content-Encoding is a trap. */
export const falseCodingRoutes: RouteFamily = {
  name: 'False codings',
  routes: [
    {
      path: '/gzip-truncated',
      summary: 'Sends half of a gzip body, with the length of the half.',
      handle: (exchange) => sendTruncated(exchange, 'gzip'),
    },
    {
      path: '/coding-truncated/:coding',
      summary: 'The same for gzip, deflate, br or zstd.',
      example: '/coding-truncated/br',
      handle: (exchange) => sendTruncated(exchange, exchange.param('coding')),
    },
    {
      path: '/gzip-corrupt',
      summary: 'Sends a gzip body whose checksum is wrong.',
      handle: sendCorrupt,
    },
    {
      path: '/gzip-bomb',
      query: '?mib&times',
      summary: 'Sends `mib` (64) MiB of zeros, compressed `times` (1) times, to about a thousandth each.',
      example: '/gzip-bomb?mib=64',
      handle: sendBomb,
    },
    {
      path: '/gzip-lie',
      query: '?heals',
      summary: 'Says gzip, sends plain text; with `heals` it is honest when asked for `identity` alone.',
      handle: sendLie,
    },
  ],
};
