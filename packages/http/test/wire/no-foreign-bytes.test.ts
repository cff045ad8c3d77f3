import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TransportFailure } from '@sluice/http';
import fc from 'fast-check';
import { ResponseParser } from '../../src/wire/response-parser.ts';

const SECRET = '!SECRET!';
/** Of excerpt and sentence together. */
const MAX_MESSAGE = 320;

/** What a parser says of bytes that come in pieces, each in a buffer that still holds what another connection read. */
function complaint(pieces: readonly string[]): string {
  const parser = new ResponseParser();
  parser.begin({ isOver: false, onInformational: () => {}, onHeaders: () => {}, onContent: () => {} }, false, 65_536);
  const shared = Buffer.alloc(4096);
  try {
    for (const piece of pieces) {
      shared.fill(SECRET);
      parser.push(shared, shared.write(piece, 'latin1'));
    }
    return '';
  } catch (error) {
    assert.ok(error instanceof TransportFailure);
    return error.message;
  }
}

test('an error shows nothing that another connection left in the shared read buffer', () => {
  assert.match(complaint(['garbage\r\n']), /: "garbage\\r\\n"$/);
  assert.match(complaint(['<html>']), /: "<html>"$/);
  assert.match(complaint(['HTTP/1.1 2x0 OK\r\n']), /: "HTTP\/1.1 2x"$/);
});

test('nor when the answer came in pieces: it shows what there is of it, and no more', () => {
  assert.match(complaint(['HTTP', ' says no']), /: "HTTP says no"$/);
  assert.match(complaint(['H', 'T', 'T', 'Q']), /: "HTTQ"$/);
});

test('an error shows the first 32 bytes of what is not HTTP', () => {
  assert.match(complaint(['x'.repeat(2000)]), /: "x{32}"$/);
});

test('whatever the bytes are and wherever they are cut, an error stays within them and short', () => {
  const piece = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'HTP/1. 20\r\n:a<\x15\x03\xff'), maxLength: 60 }),
    fc.constantFrom(
      'HTTP/1.1 200 OK\r\n',
      'content-length: 5\r\n',
      'transfer-encoding: chunked\r\n\r\n',
      '5\r\nhello\r\n',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), (pieces) => {
      const message = complaint(pieces);
      assert.ok(!message.includes('SECRET') && !message.includes('!'), message);
      assert.ok(message.length <= MAX_MESSAGE, message);
    }),
    { numRuns: 3000, seed: 5 },
  );
});
