import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteLines } from '../../src/bulk/byte-lines.ts';

/** One line, written and read as text. */
function line(write: (lines: ByteLines) => void): string {
  const lines = new ByteLines(1, '\\0');
  write(lines);
  lines.endLine();
  return lines.slice(0, 1).toString();
}

test('every number is written so that it reads back as the very same number', () => {
  const decimals = fc
    .tuple(fc.integer(), fc.integer({ min: 0, max: 8 }))
    .map(([digits, places]) => digits / 10 ** places);
  fc.assert(
    fc.property(fc.oneof(decimals, fc.double(), fc.integer(), fc.maxSafeInteger()), (value) => {
      const text = line((lines) => lines.addNumber(value));
      assert.ok(Object.is(Number(text), value), `${value} was written as ${text}`);
    }),
    { numRuns: 5000 },
  );
});

test('text is escaped as the reference does it, short or long', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\t', '\n', '\\', '\0', '\r', 'é', 'x'.repeat(130)),
  );
  const reference = (text: string): string =>
    [...text].map((c) => ({ '\t': '\\t', '\n': '\\n', '\r': '\\r', '\\': '\\\\', '\0': '\\0' })[c] ?? c).join('');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 4 }), (pieces) => {
      const text = pieces.join('');
      assert.equal(
        line((lines) => lines.addText(text)),
        `${reference(text)}\n`,
      );
    }),
    { numRuns: 2000 },
  );
});

test('a line that was begun and dropped leaves no trace, and any run of lines can be taken', () => {
  const lines = new ByteLines(4, undefined);
  for (const [index, text] of ['a', 'bad', 'b', 'c'].entries()) {
    lines.addText(text);
    if (text === 'bad') {
      assert.throws(() => lines.addText('\0'), /NUL/);
      lines.dropLine();
    } else {
      lines.addNumber(index);
      lines.endLine();
    }
  }
  assert.equal(lines.slice(0, 3).toString(), 'a\t0\nb\t2\nc\t3\n');
  assert.equal(lines.slice(1, 2).toString(), 'b\t2\n');
});
