import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { requestTarget } from '../../src/request-target.ts';
import { TargetCache } from '../../src/target-cache.ts';

const piece = fc.oneof(
  fc.constantFrom(
    '/',
    '.',
    '..',
    '%2e',
    '%2E',
    '%',
    '?',
    '#',
    '//',
    ':',
    '@',
    "'",
    '"',
    ' ',
    '\t',
    '\n',
    '\\',
    '|',
    '^',
    '`',
    '{',
    '}',
    '[',
    ']',
    '<',
    '~',
    'a',
    '0',
    'é',
    '=',
    '&',
  ),
  fc.string({ unit: 'binary-ascii', maxLength: 4 }),
);

test('what is read without the parser is what the parser reads', () => {
  const base = 'http://example.test:8080';
  let known = 0;
  fc.assert(
    fc.property(fc.constantFrom('/', '', '.', ':1', '0/'), fc.array(piece, { maxLength: 8 }), (first, pieces) => {
      const cache = new TargetCache();
      cache.learn(requestTarget('GET', base, undefined));
      const url = base + first + pieces.join('');
      const quick = cache.read(url);
      if (quick === undefined) return;
      known++;
      assert.deepEqual(quick, requestTarget('GET', url, undefined));
    }),
    { numRuns: 20_000 },
  );
  assert.ok(known > 500, `${known} were read without the parser`);
});
