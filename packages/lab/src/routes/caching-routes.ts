import type { Exchange } from '../route/exchange.ts';
import type { RouteFamily } from '../route/route.ts';
import { echoRequest } from './echo-routes.ts';

const LAST_MODIFIED = 'Thu, 01 Jan 2026 00:00:00 GMT';
const MAX_RANGE_BYTES = 1024 * 1024;
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz';

function answerCache(exchange: Exchange): void {
  const { headers } = exchange.request;
  const validators = ['ETag', '"sluice-lab"', 'Last-Modified', LAST_MODIFIED];
  const isCached = headers['if-none-match'] !== undefined || headers['if-modified-since'] !== undefined;
  if (isCached) exchange.sendText(304, '', validators);
  else exchange.sendJson(200, echoRequest(exchange), validators);
}

function answerEtag(exchange: Exchange): void {
  const etag = exchange.param('etag').replace(/[^\x21\x23-\x7e]/g, '');
  const headers = ['ETag', `"${etag}"`];
  const { 'if-none-match': ifNoneMatch, 'if-match': ifMatch } = exchange.request.headers;
  if (ifMatch !== undefined && !names(ifMatch, etag)) exchange.sendText(412, '', headers);
  else if (ifNoneMatch !== undefined && names(ifNoneMatch, etag)) exchange.sendText(304, '', headers);
  else exchange.sendJson(200, echoRequest(exchange), headers);
}

/** Whether an entity-tag list names the tag or is `*` (RFC 9110, section 13.1). */
function names(list: string, etag: string): boolean {
  return list.split(',').some((entry) => ['*', `"${etag}"`, `W/"${etag}"`].includes(entry.trim()));
}

function answerRange(exchange: Exchange): void {
  const length = exchange.numberParam('n', { min: 1, max: MAX_RANGE_BYTES, integer: true });
  const body = ALPHABET.repeat(Math.ceil(length / ALPHABET.length)).slice(0, length);
  const headers = ['Accept-Ranges', 'bytes', 'ETag', `"range${length}"`];
  const range = readRange(exchange.request.headers.range ?? '', length);
  if (range === undefined) {
    exchange.send(200, 'application/octet-stream', body, headers);
  } else if (range.first > range.last) {
    exchange.sendText(416, '', [...headers, 'Content-Range', `bytes */${length}`]);
  } else {
    const part = body.slice(range.first, range.last + 1);
    const place = `bytes ${range.first}-${range.last}/${length}`;
    exchange.send(206, 'application/octet-stream', part, [...headers, 'Content-Range', place]);
  }
}

/** One byte range (RFC 9110, section 14.1.2); undefined for none, several or a malformed one, which are ignored. */
function readRange(header: string, length: number): { first: number; last: number } | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') return { first: Math.max(0, length - Number(last)), last: length - 1 };
  if (last !== '' && Number(last) < Number(first)) return undefined;
  return { first: Number(first), last: Math.min(length - 1, last === '' ? length : Number(last)) };
}

/** Routes for conditional and partial requests. */
export const cachingRoutes: RouteFamily = {
  name: 'Conditions and ranges',
  routes: [
    {
      path: '/cache',
      summary: 'Answers 304 to If-None-Match or If-Modified-Since, else 200 with an ETag and Last-Modified.',
      handle: answerCache,
    },
    {
      path: '/etag/:etag',
      summary: 'Has this entity tag: 304 to a matching If-None-Match, 412 to an If-Match that does not match.',
      example: '/etag/v1',
      handle: answerEtag,
    },
    {
      path: '/range/:n',
      summary: 'Has n bytes (at most 1 MiB) of the alphabet over and over, and serves byte ranges of them.',
      example: '/range/1024',
      handle: answerRange,
    },
  ],
};
