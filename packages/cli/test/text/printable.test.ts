import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { printable } from '../../src/text/printable.ts';
import { textWidth } from '../../src/text/width.ts';

const CASES: readonly (readonly [what: string, text: string, shown: string])[] = [
  ['plain text', 'plain, ümläut, 漢字', 'plain, ümläut, 漢字'],
  ['an escape sequence', '\x1b[31mred', '\\x1b[31mred'],
  ['a window title', '\x1b]0;pwned\x07', '\\x1b]0;pwned\\x07'],
  ['a C1 control sequence introducer', '\x9b2J', '\\x9b2J'],
  ['line breaks, tabs and NUL', 'a\r\nb\tc\0', 'a\\r\\nb\\tc\\0'],
  ['a backspace and DEL', 'a\b\x7f', 'a\\x08\\x7f'],
  ['a right-to-left override', 'gpj.\u202eexe', 'gpj.\\u{202e}exe'],
  ['isolates and marks', '\u2066a\u2069\u200f', '\\u{2066}a\\u{2069}\\u{200f}'],
  ['zero-width characters', 'a\u200bb\ufeff', 'a\\u{200b}b\\u{feff}'],
  ['a line separator', 'a\u2028b', 'a\\u{2028}b'],
  ['a tag character', '\u{e0041}', '\\u{e0041}'],
  ['a lone surrogate', 'a\ud800b', 'a\\u{d800}b'],
];

for (const [what, text, shown] of CASES) {
  test(`${what} is shown and not sent`, () => assert.equal(printable(text), shown));
}

test('no text at all sends a control, format or direction character, and none is wider than it may be', () => {
  const text = fc.string({ unit: 'binary', maxLength: 60 });
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 40 }), (given, width) => {
      const shown = printable(given, width);
      assert.doesNotMatch(shown, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      assert.ok(textWidth(shown) <= width, `${JSON.stringify(shown)} is wider than ${width}`);
    }),
  );
});

test('only what can be seen of a long text is worked on', () => {
  assert.equal(printable('x'.repeat(10_000_000), 5), 'xxxx…');
});
