import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flow, justify, type Line, renderLine, span } from '../../src/text/line.ts';
import { noPaint } from '../../src/text/paint.ts';
import { layTable } from '../../src/text/table.ts';

const text = (lines: readonly Line[], width = 200): string[] => lines.map((line) => renderLine(line, width, noPaint));

test('numbers stand at the right, and the last column has no spaces behind it', () => {
  const lines = layTable(
    [{ title: 'host' }, { title: 'n', align: 'right' }, { title: 'why' }],
    [
      ['漢', '7', 'a'],
      ['b', '1,234', ''],
    ],
    80,
  );
  assert.deepEqual(text(lines), ['host      n  why', '漢        7  a', 'b     1,234']);
});

test('of the columns that may shrink the widest gives way first, in its middle where both ends matter', () => {
  const columns = [
    { title: 'n', align: 'right' },
    { title: 'what', shrink: 'end' },
    { title: 'url', shrink: 'middle' },
  ] as const;
  const lines = layTable(columns, [['1', 'the server answered 404', 'http://example.org/a/b/c/d']], 40);
  assert.deepEqual(text(lines), ['n  what               url', '1  the server answe…  http://ex…/a/b/c/d']);
  for (const line of text(lines)) assert.ok(line.length <= 40);
});

test('pieces flow into as many lines as they need', () => {
  const pieces = ['aaaa', 'bbbb', 'cccc'].map((piece) => [span(piece)]);
  assert.deepEqual(text(flow(pieces, 11)), ['aaaa   bbbb', 'cccc']);
  assert.deepEqual(text(flow(pieces, 10)), ['aaaa', 'bbbb', 'cccc']);
});

test('what stands at the right goes when there is no room for both', () => {
  assert.deepEqual(text([justify([span('left')], [span('right')], 12)]), ['left   right']);
  assert.deepEqual(text([justify([span('left')], [span('right')], 10)]), ['left']);
});

test('a line is cut to the width before it is painted', () => {
  const paint = (piece: string): string => `<${piece}>`;
  assert.equal(renderLine([span('abc'), span('def'), span('ghi')], 5, paint), '<abc><d…>');
});
