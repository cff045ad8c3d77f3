import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderList, Session } from '@sluice/http';
import fc from 'fast-check';
import { rawServer } from '../support/raw-server.ts';

const name = fc
  .stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}$/)
  .filter(
    (text) =>
      !/^(content-length|transfer-encoding|connection|keep-alive|upgrade|location|content-encoding)$/i.test(text),
  );
/** Tab, visible characters and obs-text, without white space at the ends, which is no part of a value. */
const value = fc
  .array(
    fc.constantFrom(
      ...Array.from({ length: 224 }, (_, i) => String.fromCharCode(i + 32)).filter((char) => char !== '\x7f'),
    ),
    { maxLength: 40 },
  )
  .map((chars) => chars.join('').replace(/^[ \t]+|[ \t]+$/g, ''));
const fields = fc.array(fc.tuple(name, value), { maxLength: 20 });

test('every field can be found by its name in any case, and none is lost', () => {
  fc.assert(
    fc.property(fields, (pairs) => {
      const list = new HeaderList(pairs.flat());
      assert.deepEqual([...list], pairs);
      for (const [wanted] of pairs) {
        const expected = pairs.filter(([other]) => other.toLowerCase() === wanted.toLowerCase()).map((pair) => pair[1]);
        assert.deepEqual(list.getAll(wanted.toUpperCase()), expected);
        assert.equal(list.get(wanted.toLowerCase()), expected.join(', '));
        assert.equal(list.has(wanted), true);
        assert.deepEqual([list.toJSON()[wanted.toLowerCase()]].flat(), expected);
      }
      assert.equal(list.has('no such field'), false);
      assert.equal(list.get('no such field'), undefined);
    }),
  );
});

test('any fields that a server sends arrive as they were sent', async () => {
  let head = '';
  await using server = await rawServer((socket) => socket.write(Buffer.from(head, 'latin1')));
  await using session = new Session();
  await fc.assert(
    fc.asyncProperty(fields, async (pairs) => {
      head = ['HTTP/1.1 200 OK', ...pairs.map(([key, text]) => `${key}: ${text}`), 'content-length: 0', '', ''].join(
        '\r\n',
      );
      const reply = await session.get(server.url);
      assert.deepEqual([...reply.headers].slice(0, -1), pairs);
    }),
    { numRuns: 200 },
  );
});
