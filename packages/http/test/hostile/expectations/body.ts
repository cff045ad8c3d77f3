import assert from 'node:assert/strict';
import { badBody, type Expectation, failed, ok } from './expectation.ts';

const TEXT = Array.from({ length: 1000 }, (_, line) => `line ${line} of a text\n`).join('');
const GREETING = 'Grüße aus Zürich';
const truncated = (coding: string): Expectation =>
  badBody('integrity', 'SLUICE_HTTP_TRUNCATED', { says: new RegExp(`the ${coding} body ends before its end`) });
const inCharset = (charset: string, body: string, bytes: Buffer): Expectation =>
  ok({
    body,
    tells: (reply) => {
      assert.equal(reply.charset, charset);
      assert.deepEqual(Buffer.from(reply.body), bytes);
    },
  });

/** Of `bodyCases`. */
export const body: Readonly<Record<string, Expectation>> = {
  'endless-body': failed('limit', 'SLUICE_HTTP_BODY_TOO_LARGE', 'body'),
  'gzip-bomb': badBody('limit', 'SLUICE_HTTP_RATIO', { says: /200 times its size/ }),
  'gzip-bomb-double': badBody('limit', 'SLUICE_HTTP_RATIO', { says: /200 times its size/ }),
  'coding-seven': badBody('limit', 'SLUICE_HTTP_TOO_MANY_CODINGS', { isSpent: true }),
  'gzip-lie': badBody('integrity', 'SLUICE_HTTP_UNDECODABLE', { requests: 2, says: /says gzip, but/ }),
  'gzip-lie-heals': ok({ requests: 2, body: TEXT }),
  'truncated-gzip': truncated('gzip'),
  'truncated-deflate': truncated('deflate'),
  'truncated-br': truncated('br'),
  'truncated-zstd': truncated('zstd'),
  'gzip-corrupt': badBody('integrity', 'SLUICE_HTTP_UNDECODABLE', { requests: 2 }),
  'coding-unknown': badBody('integrity', 'SLUICE_HTTP_UNKNOWN_CODING', { isSpent: true, says: /snail/ }),
  'login-page': ok({ check: (reply) => assert.match(reply.text(), /Sign in.*<\/html>\n$/s) }),
  'limited-json': ok({ check: (reply) => assert.deepEqual(reply.json(), { ok: false, error: 'rate limited' }) }),
  'json-cut': badBody('integrity', 'SLUICE_HTTP_BAD_JSON', { phase: 'body' }),
  'charset-wrong': inCharset('utf-8', GREETING.replaceAll(/[üß]/g, '\ufffd'), Buffer.from(GREETING, 'latin1')),
  'charset-none': inCharset(
    'utf-8',
    `<!doctype html><meta charset="utf-8"><p>${GREETING}</p>`,
    Buffer.from(`<!doctype html><meta charset="utf-8"><p>${GREETING}</p>`),
  ),
  'charset-bom': inCharset('utf-8', GREETING, Buffer.from(`\ufeff${GREETING}`)),
  'charset-utf-16': inCharset('utf-16le', GREETING, Buffer.from(`\ufeff${GREETING}`, 'utf16le')),
};
