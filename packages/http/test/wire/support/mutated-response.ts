import fc from 'fast-check';
import { RECORDED } from './recorded-responses.ts';

const LINES = [
  'content-length: 5',
  'Content-Length: 0',
  'content-length: 11',
  'content-length: 5, 5',
  'content-length: 5x',
  'transfer-encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'transfer-encoding : chunked',
  'connection: close',
  'keep-alive: timeout=5',
  'content-encoding: gzip',
  ' folded',
  'x: \xe9\t',
  '',
  'HTTP/1.1 200 OK',
  'HTTP/1.0 200 OK',
  'HTTP/1.1 100 Continue',
  'HTTP/1.1 204 No Content',
  'HTTP/1.1 304 Not Modified',
  '5',
  '5;ext=1',
  '0',
  'b',
  'hello',
  'hello world',
];
const SPLICES = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  ' ',
  '\t',
  ':',
  ';',
  ',',
  '0',
  '5',
  'a',
  'F',
  '-',
  '+',
  '\x7f',
  '\xff',
  '\r\n\r\n',
  '0\r\n\r\n',
];

/** Where in the bytes: floating point numbers of fast-check crowd at the ends. */
const PLACE = fc.nat({ max: 999 }).map((thousandths) => thousandths / 1000);
const GOOD = RECORDED.filter(([, , meaning]) => meaning === 'ok').map(([, bytes]) => bytes);

/** Responses put together from lines that parsers trip over. */
const assembled = fc
  .array(fc.tuple(fc.constantFrom(...LINES), fc.constantFrom('\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r', '')), {
    maxLength: 12,
  })
  .chain((lines) =>
    fc
      .constantFrom('HTTP/1.1 200 OK\r\n', 'HTTP/1.0 200 OK\r\n', '')
      .map((begin) => begin + lines.map(([line, ending]) => line + ending).join('')),
  );

/** Recorded responses with a few bytes put in, taken out or written over. */
const mutated = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...GOOD) },
      { weight: 1, arbitrary: fc.constantFrom(...RECORDED.map(([, bytes]) => bytes)) },
    ),
    fc.array(
      fc.record({
        at: PLACE,
        removes: fc.nat({ max: 3 }),
        adds: fc.oneof(
          fc.constantFrom(...SPLICES),
          fc.constant(''),
          fc.nat({ max: 255 }).map((byte) => String.fromCharCode(byte)),
        ),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  )
  .map(([bytes, changes]) =>
    changes.reduce((text, { at, removes, adds }) => {
      const index = Math.floor(at * text.length);
      return text.slice(0, index) + adds + text.slice(index + removes);
    }, bytes),
  );

/** A response that is likely broken, how it is cut, how its connection ends, and to what it is an answer. */
export const hostileResponse = fc.record({
  bytes: fc.oneof({ weight: 4, arbitrary: mutated }, { weight: 1, arbitrary: assembled }),
  cuts: fc.array(PLACE, { maxLength: 4 }),
  end: fc.constantFrom('close' as const, 'close' as const, 'reset' as const),
  method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST'),
});

/** The bytes in the pieces that the cuts make. */
export function pieces({ bytes, cuts }: { readonly bytes: string; readonly cuts: readonly number[] }): string[] {
  const ends = [...new Set(cuts.map((cut) => Math.floor(cut * bytes.length))), bytes.length].sort((a, b) => a - b);
  return ends.map((end, i) => bytes.slice(ends[i - 1] ?? 0, end));
}
