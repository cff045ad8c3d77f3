import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clip, clipMiddle, pad, textWidth } from '../../src/text/width.ts';

test('wide characters take two columns, combining marks none', () => {
  assert.equal(textWidth('abc'), 3);
  assert.equal(textWidth('漢字'), 4);
  assert.equal(textWidth('한국'), 4);
  assert.equal(textWidth('ｆｕｌｌ'), 8);
  assert.equal(textWidth('🚀'), 2);
  assert.equal(textWidth('e\u0301'), 1);
});

test('a text that is cut ends with an ellipsis and never takes half of a wide character', () => {
  assert.equal(clip('abcdef', 6), 'abcdef');
  assert.equal(clip('abcdef', 4), 'abc…');
  assert.equal(clip('漢字漢字', 4), '漢…');
  assert.equal(clip('e\u0301e\u0301e\u0301', 2), 'e\u0301…');
  assert.equal(clip('abc', 0), '');
});

test('a text that is cut in its middle keeps both its ends', () => {
  assert.equal(clipMiddle('http://example.org/a/long/path', 15), 'http://…ng/path');
  assert.equal(textWidth(clipMiddle('漢字漢字漢字', 7)) <= 7, true);
});

test('padding counts columns and not characters', () => {
  assert.equal(pad('漢', 4), '漢  ');
  assert.equal(pad('7', 3, 'right'), '  7');
  assert.equal(pad('long', 2), 'long');
});
