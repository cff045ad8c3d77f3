import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type BareItem, parseList } from '../../src/gate/structured-field.ts';

const text = fc.string({ unit: fc.constantFrom(...'ab "\\;,=?:19') });
const value: fc.Arbitrary<BareItem> = fc.oneof(
  text,
  fc.boolean(),
  fc.integer({ min: -999_999_999_999_999, max: 999_999_999_999_999 }),
  fc.integer({ min: -99_999, max: 99_999 }).map((thousandths) => thousandths / 1000),
);
const key = fc.stringMatching(/^[a-z*][a-z0-9_.*-]{0,5}$/);
const member = fc.record({ value, parameters: fc.array(fc.tuple(key, value), { maxLength: 3 }) });

test('what is written as RFC 9651 says is read as it was meant', () => {
  fc.assert(
    fc.property(fc.array(member, { minLength: 1, maxLength: 4 }), fc.constantFrom(',', ', ', ' ,\t'), (list, comma) => {
      const written = list
        .map((item) => write(item.value) + item.parameters.map(([name, given]) => `;${name}=${write(given)}`).join(''))
        .join(comma);
      const read = parseList(written);
      assert.deepEqual(
        read?.map((item) => ({ value: item.value, parameters: Object.fromEntries(item.parameters) })),
        list.map((item) => ({ value: item.value, parameters: Object.fromEntries(item.parameters) })),
      );
    }),
    { numRuns: 1000 },
  );
});

function write(item: BareItem): string {
  if (typeof item === 'string') return `"${item.replace(/["\\]/g, '\\$&')}"`;
  return typeof item === 'boolean' ? `?${item ? 1 : 0}` : String(item);
}

test('whatever a server sends, it is read or refused, and never throws', () => {
  const noise = fc.string({ unit: fc.constantFrom(...'"\\;,=?:19ar \t-.*/') });
  fc.assert(
    fc.property(noise, (field) => {
      const read = parseList(field);
      assert.ok(read === undefined || Array.isArray(read));
    }),
    { numRuns: 2000 },
  );
});

test('tokens, flags and bytes are read; a parameter without a value is true', () => {
  const [first, second] = parseList('sugar/tea;a;b=?0, :aGk=:')!;
  assert.equal(first?.value, 'sugar/tea');
  assert.deepEqual(
    [...first!.parameters],
    [
      ['a', true],
      ['b', false],
    ],
  );
  assert.equal(second?.value, ':aGk=:');
  assert.deepEqual(parseList(''), []);
});

test('what is no list is refused whole', () => {
  for (const field of ['"open', 'a,', ',a', 'a b', 'a;', 'a;=1', '"a";r=', '1.2345', '(a b)', 'a;R=1', '"tab\there"'])
    assert.equal(parseList(field), undefined, field);
});
