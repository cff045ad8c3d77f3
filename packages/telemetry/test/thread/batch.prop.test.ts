import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Batch } from '../../src/thread/batch.ts';

test('written and unwritten lines are counted at every offset, and rewinding goes to the start of the cut line', () => {
  const lines = fc.array(fc.string(), { minLength: 1 }).map((texts) => texts.map((text) => text.replaceAll('\n', '')));
  fc.assert(
    fc.property(lines, fc.nat(), fc.boolean(), (texts, at, isFormatted) => {
      const source = Buffer.from(texts.map((text) => `${text}\n`).join(''));
      const format = (line: string): string => `> ${line}\n  below\n`;
      const batch = Batch.of(source, isFormatted ? format : undefined);
      const shown = isFormatted ? texts.map((text) => format(text.toWellFormed())) : texts.map((text) => `${text}\n`);
      assert.equal(batch.bytes.toString(), Buffer.from(shown.join('')).toString());
      assert.equal(batch.sourceSize, source.length);
      batch.offset = at % (batch.bytes.length + 1);
      let whole = 0;
      let end = 0;
      while (whole < shown.length && end + Buffer.byteLength(shown[whole]!) <= batch.offset)
        end += Buffer.byteLength(shown[whole++]!);
      assert.deepEqual([batch.written, batch.unwritten], [whole, shown.length - whole]);
      assert.equal(batch.isDone, whole === shown.length);
      batch.rewind();
      assert.equal(batch.offset, end);
    }),
  );
});
