import type { Exchange } from '../route/exchange.ts';
import { RequestError } from '../route/request-error.ts';
import type { RouteFamily } from '../route/route.ts';
import { hashText } from '../seeded/chance.ts';
import { seededChunks } from '../seeded/seeded-bytes.ts';
import { SAMPLE_HTML, SAMPLE_JSON, SAMPLE_UTF8, SAMPLE_XML } from './samples.ts';

const HTML = 'text/html; charset=utf-8';

function answerUuid(exchange: Exchange): void {
  // From the seed, so that the same lab asked in the same order answers the same.
  const seed = hashText(exchange.seed, `${exchange.target}#${exchange.attempt}`);
  const bytes = Buffer.concat([...seededChunks(seed, 16)]);
  // Version 4, variant 10 (RFC 9562, section 5.4).
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const uuid = bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  exchange.sendJson(200, { uuid });
}

function answerBase64(exchange: Exchange): void {
  const text = exchange.param('v');
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) throw new RequestError(400, `'${text}' is not base64`);
  exchange.sendText(200, Buffer.from(text, 'base64').toString());
}

function answerLinks(exchange: Exchange): void {
  const count = exchange.numberParam('n', { min: 1, max: 1000, integer: true });
  const page = exchange.numberParam('i', { min: 0, max: count - 1, integer: true });
  const links = Array.from({ length: count }, (_, index) =>
    index === page ? `<li>${index}</li>` : `<li><a href="/links/${count}/${index}">${index}</a></li>`,
  );
  const title = `Page ${page} of ${count}`;
  const head = `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>`;
  exchange.send(200, HTML, `${head}\n<body><h1>${title}</h1>\n<ul>\n${links.join('\n')}\n</ul></body></html>\n`);
}

/** Routes with a fixed document, and small sites and values made up on the spot. */
export const contentRoutes: RouteFamily = {
  name: 'Content',
  routes: [
    { path: '/json', summary: 'A JSON document.', handle: (exchange) => exchange.sendJson(200, SAMPLE_JSON) },
    { path: '/html', summary: 'An HTML page.', handle: (exchange) => exchange.send(200, HTML, SAMPLE_HTML) },
    {
      path: '/xml',
      summary: 'An XML document.',
      handle: (exchange) => exchange.send(200, 'application/xml', SAMPLE_XML),
    },
    {
      path: '/encoding/utf8',
      summary: 'Text in many scripts, in UTF-8.',
      handle: (exchange) => exchange.sendText(200, SAMPLE_UTF8),
    },
    {
      path: '/robots.txt',
      summary: 'Robots rules that forbid /endless, /gzip-bomb and /redirect-loop.',
      handle: (exchange) =>
        exchange.sendText(200, 'User-agent: *\nDisallow: /endless\nDisallow: /gzip-bomb\nDisallow: /redirect-loop\n'),
    },
    {
      path: '/links/:n/:i',
      summary: 'Page i of a site of n pages that all link to each other.',
      example: '/links/10/0',
      handle: answerLinks,
    },
    { path: '/uuid', summary: 'A version 4 UUID, from the seed.', handle: answerUuid },
    { path: '/base64/:v', summary: 'Decodes base64.', example: '/base64/c2x1aWNl', handle: answerBase64 },
  ],
};
