import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RingReader } from '../../src/ring/ring-reader.ts';
import { RingWriter } from '../../src/ring/ring-writer.ts';
import { COUNTER, createSharedRing, WORD } from '../../src/ring/shared-ring.ts';

const LIMIT = 100;

test('what is taken out is what was put in, whole and in order, round and round', () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'é', '€', '😀', '"'), maxLength: 30 }).map((text) => `${text}\n`);
  const take = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(fc.array(fc.oneof(line, take), { maxLength: 200 }), (steps) => {
      const shared = createSharedRing(LIMIT);
      const [writer, reader] = [new RingWriter(shared), new RingReader(shared)];
      const waiting: string[] = [];
      for (const step of steps) {
        if (typeof step === 'string') {
          const size = Buffer.byteLength(waiting.join('') + step);
          assert.equal(writer.write(step), size <= LIMIT);
          if (size <= LIMIT) waiting.push(step);
          continue;
        }
        const lines = reader.peek(step);
        assert.equal(lines === undefined, waiting.length === 0);
        if (lines === undefined) continue;
        const text = lines.toString();
        assert.ok(text.endsWith('\n'));
        const count = text.split('\n').length - 1;
        assert.equal(text, waiting.splice(0, count).join(''));
        assert.ok(lines.length <= step || count >= 1);
        reader.consume(lines.length, { written: count, lost: 0 });
        assert.equal(writer.hasDone(writer.head), waiting.length === 0);
      }
    }),
    { numRuns: 500 },
  );
});

test('positions go on across 2^31 and 2^32', () => {
  for (const start of [2 ** 31 - 150, -150]) {
    const shared = createSharedRing(LIMIT);
    Atomics.store(shared.words, WORD.head, start);
    Atomics.store(shared.words, WORD.tail, start);
    const [writer, reader] = [new RingWriter(shared), new RingReader(shared)];
    for (let n = 0; n < 40; n++) {
      const line = `${String(n).padStart(60)}\n`;
      assert.ok(writer.write(line));
      assert.equal(writer.write(line), false, 'there is room for one');
      assert.equal(writer.hasDone(writer.head), false);
      assert.equal(reader.peek(1)?.toString(), line);
      reader.consume(line.length, { written: 1, lost: 0 });
      assert.equal(writer.hasDone(writer.head), true);
      assert.equal(reader.peek(1), undefined);
    }
    assert.equal(Atomics.load(shared.counters, COUNTER.written), 40n);
  }
});

test('the reader does not go to sleep on a line that came while it was looking elsewhere', () => {
  const shared = createSharedRing(LIMIT);
  const [writer, reader] = [new RingWriter(shared), new RingReader(shared)];
  const { wakes } = reader;
  assert.equal(reader.peek(1), undefined);
  writer.write('line\n');
  reader.rest(wakes);
  assert.equal(reader.peek(1)?.toString(), 'line\n');
});

test('the reader does not go to sleep on a call that came while it was looking elsewhere', () => {
  const shared = createSharedRing(LIMIT);
  const [writer, reader] = [new RingWriter(shared), new RingReader(shared)];
  const { wakes } = reader;
  writer.wake();
  reader.rest(wakes);
  writer.askReopen();
  assert.equal(reader.isReopenAsked, true);
});
