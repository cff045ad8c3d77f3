import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineSplitter, type RawLine } from '../../src/source/line-splitter.ts';

const MAX_BYTES = 12;

/** Latin1 text stands for bytes. Line endings are frequent, and so are the bytes of a byte-order mark. */
const bytes = fc
  .array(fc.constantFrom('\n', '\r', '\r\n', 'a', 'bc', 'defghijklmnop', '\0', '\xef\xbb\xbf', '\xff'), {
    maxLength: 30,
  })
  .map((parts) => parts.join(''));

interface Line {
  readonly text: string | null;
  readonly end: number;
}

/** The same in a few simple words: one pass over the whole. */
function reference(text: string): Line[] {
  const lines: Line[] = [];
  for (const { 0: match, 1: content, index } of text.matchAll(/([^\r\n]*)(\r\n|\r|\n|$)/g)) {
    if (match === '') continue;
    const isMarked = lines.length === 0 && content!.startsWith('\xef\xbb\xbf');
    const kept = isMarked ? content!.slice(3) : content!;
    lines.push({ text: content!.length > MAX_BYTES ? null : kept, end: index + match.length });
  }
  return lines;
}

function split(splitter: LineSplitter, chunks: readonly string[]): RawLine[] {
  const lines = chunks.flatMap((chunk) => splitter.push(Buffer.from(chunk, 'latin1')));
  return [...lines, ...splitter.end()];
}

function plain(lines: readonly RawLine[]): Line[] {
  return lines.map(({ bytes: kept, end }) => ({ text: kept?.toString('latin1') ?? null, end }));
}

function cut(text: string, at: readonly number[]): string[] {
  const places = [...new Set(at.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  return [...places, text.length].map((place, index) => text.slice(index === 0 ? 0 : places[index - 1], place));
}

test('lines are the same however the bytes are cut into chunks, and numbered from 1', () => {
  fc.assert(
    fc.property(bytes, fc.array(fc.nat(100)), (text, places) => {
      const lines = split(new LineSplitter(MAX_BYTES), cut(text, places));
      assert.deepEqual(plain(lines), reference(text));
      assert.deepEqual(
        lines.map((line) => line.number),
        lines.map((_, index) => index + 1),
      );
    }),
    { numRuns: 3000 },
  );
});

test('reading goes on behind any line as if it had never stopped', () => {
  fc.assert(
    fc.property(bytes, fc.array(fc.nat(100)), fc.nat(30), (text, places, stop) => {
      const whole = split(new LineSplitter(MAX_BYTES), cut(text, places));
      const last = whole[stop % (whole.length + 1)];
      if (last === undefined) return;
      const resumed = new LineSplitter(MAX_BYTES, { number: last.number, offset: last.end });
      const rest = split(resumed, [text.slice(last.end)]);
      assert.deepEqual(rest, whole.slice(last.number));
    }),
    { numRuns: 3000 },
  );
});

test('a line that is too long is not kept while it comes in', () => {
  const splitter = new LineSplitter(1024);
  const chunk = Buffer.alloc(65_536, 'x');
  const before = process.memoryUsage().arrayBuffers;
  for (let round = 0; round < 160; round++) assert.deepEqual(splitter.push(Buffer.from(chunk)), []);
  const grown = process.memoryUsage().arrayBuffers - before;
  assert.ok(grown < 20 * 1024 * 1024, `${grown} bytes`);
  const [line, ...more] = splitter.push(Buffer.from('\nnext\n'));
  assert.deepEqual([line?.number, line?.bytes, line?.end], [1, null, 160 * 65_536 + 1]);
  assert.deepEqual(
    more.map(({ bytes: kept }) => kept?.toString()),
    ['next'],
  );
});
