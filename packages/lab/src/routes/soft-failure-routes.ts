import type { Exchange } from '../route/exchange.ts';
import { RequestError } from '../route/request-error.ts';
import type { RouteFamily } from '../route/route.ts';
import { SAMPLE_JSON } from './samples.ts';

const LOGIN_PAGE =
  '<!doctype html>\n<html lang="en"><head><title>Sign in</title></head>\n' +
  '<body><form action="/login" method="post"><label>Password <input type="password" name="p"></label></form></body></html>\n';
const TEXT = 'Grüße aus Zürich';

interface CharsetCase {
  readonly contentType: string;
  readonly body: Buffer;
}

/** The same text, sent with the wrong name for its charset, or none. */
const charsets: Readonly<Record<string, CharsetCase>> = {
  wrong: { contentType: 'text/plain; charset=utf-8', body: Buffer.from(TEXT, 'latin1') },
  none: { contentType: 'text/html', body: Buffer.from(`<!doctype html><meta charset="utf-8"><p>${TEXT}</p>`) },
  bom: { contentType: 'text/plain; charset=iso-8859-1', body: Buffer.from(`\uFEFF${TEXT}`) },
  'utf-16': { contentType: 'text/plain', body: Buffer.from(`\uFEFF${TEXT}`, 'utf16le') },
};

function sendCharset(exchange: Exchange): void {
  const kind = exchange.param('kind');
  const found = Object.hasOwn(charsets, kind) ? charsets[kind] : undefined;
  if (found === undefined) throw new RequestError(404, `no kind '${kind}': ${Object.keys(charsets).join(', ')}`);
  exchange.send(200, found.contentType, found.body);
}

function sendHalfJson(exchange: Exchange): void {
  const whole = JSON.stringify(SAMPLE_JSON, null, 2);
  exchange.send(200, 'application/json', whole.slice(0, whole.length >> 1));
}

/** Routes whose answer is well-formed and still not what was asked for. */
export const softFailureRoutes: RouteFamily = {
  name: 'Answers that only look well',
  routes: [
    {
      path: '/login-page',
      summary: 'Answers 200 with a login page, whatever was asked for.',
      handle: (exchange) => exchange.send(200, 'text/html; charset=utf-8', LOGIN_PAGE),
    },
    {
      path: '/limited-json',
      summary: 'Answers 200 with JSON that says “rate limited”.',
      handle: (exchange) => exchange.sendJson(200, { ok: false, error: 'rate limited' }),
    },
    { path: '/json-cut', summary: 'Sends half of a JSON document, with the length of the half.', handle: sendHalfJson },
    {
      path: '/charset/:kind',
      summary: 'Sends text whose charset is wrong, none (a meta element tells), bom, or utf-16.',
      example: '/charset/wrong',
      handle: sendCharset,
    },
  ],
};
