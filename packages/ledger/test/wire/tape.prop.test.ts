import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Settlement } from '../../src/contract.ts';
import { type BatchEntry, readEntry, writeIntent, writeRelease, writeSettlement } from '../../src/wire/entries.ts';
import { TapeReader, TapeWriter } from '../../src/wire/tape.ts';

const text = fc.oneof(fc.string(), fc.string({ unit: 'binary', maxLength: 50 }), fc.constant('ключ 🗝'));
const optionalText = fc.option(text);
const count = fc.nat();
const plain = { noNullPrototype: true };
const newItem = { key: text, host: text, input: optionalText };
const attempt = fc.record(
  {
    number: fc.integer({ min: 1, max: 100 }),
    class: text,
    code: optionalText,
    phase: optionalText,
    message: optionalText,
    method: optionalText,
    url: optionalText,
    startedAt: count,
    durationMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
    bytesIn: fc.maxSafeNat(),
    bytesOut: count,
    reused: fc.boolean(),
    address: optionalText,
    requests: count,
  },
  plain,
);
const result = fc.record(
  {
    status: fc.option(count),
    headers: optionalText,
    body: fc.option(fc.uint8Array({ maxLength: 2000 })),
    charset: optionalText,
    value: optionalText,
  },
  plain,
);
const id = fc.integer();
const settlement: fc.Arbitrary<Settlement> = fc.record(
  {
    id,
    ...newItem,
    state: fc.constantFrom('pending', 'leased', 'done', 'failed', 'in-doubt'),
    idempotent: fc.boolean(),
    sent: fc.boolean(),
    dueAt: fc.option(count),
    spent: optionalText,
    attempt: fc.option(attempt),
    result: fc.option(result),
    emits: fc.array(fc.record(newItem, plain), { maxLength: 5 }),
  },
  plain,
);
const intent = fc.record({ id, ...newItem, attempt: fc.nat(), spent: optionalText, method: text, url: text }, plain);
const entry: fc.Arbitrary<BatchEntry> = fc.oneof(
  fc.record({ kind: fc.constant('settle' as const), settlement }, plain),
  fc.record({ kind: fc.constant('intent' as const), intent, at: count }, plain),
  fc.record({ kind: fc.constant('release' as const), id }, plain),
);

test('what is written on a tape is read from it, and its buffers serve again', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 40 }), fc.array(entry, { maxLength: 40 }), (first, second) => {
      const sealed = roundTrip(first, new TapeWriter());
      roundTrip(second, new TapeWriter(sealed));
    }),
    { numRuns: 60 },
  );
});

test('a tape grows beyond its first buffers', () => {
  const tape = new TapeWriter();
  const body = new Uint8Array(3_000_000).fill(7);
  tape.optionalBytes(body);
  for (let index = 0; index < 100_000; index++) tape.number(index);
  const reader = new TapeReader(tape.seal());
  assert.deepEqual(reader.optionalBytes(), body);
  for (let index = 0; index < 100_000; index++) assert.equal(reader.number(), index);
});

function roundTrip(entries: readonly BatchEntry[], tape: TapeWriter): ReturnType<TapeWriter['seal']> {
  for (const one of entries) {
    if (one.kind === 'settle') writeSettlement(tape, one.settlement);
    else if (one.kind === 'intent') writeIntent(tape, one.intent, one.at);
    else writeRelease(tape, one.id);
  }
  const sealed = tape.seal();
  const reader = new TapeReader(sealed);
  assert.deepEqual(
    Array.from({ length: sealed.entries }, () => readEntry(reader)),
    entries,
  );
  return sealed;
}
