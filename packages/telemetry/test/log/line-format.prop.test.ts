import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type LogFields, withLogFields } from '../../src/fields/ambient-fields.ts';
import { BoundFields } from '../../src/fields/bound-fields.ts';
import { LineFormat } from '../../src/log/line-format.ts';

const lines: string[] = [];
const output = { write: (line: string) => void lines.push(line), hurry: () => {} };
/** Puts texts together where it can. */
const direct = new LineFormat([], output);
/** A path to redact, which no line has, makes every line go by way of an object and pino. */
const throughPino = new LineFormat(['there.is.no.such.path'], output);

/** Few, so that they meet; those of the line itself, of secrets, of everything that an object has, and some that JSON escapes. */
const name = fc.constantFrom('a', 'b', 'item', 'token', 'x-api-key', 'time', 'level', 'msg', 'toString', 'ä"\n', '');
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('https://u:p@a.test/?token=abc', 'plain', '\ud800', 'x'.repeat(17_000), '\u2028 "\\'),
);
const value = fc.oneof(
  text,
  fc.double(),
  fc.boolean(),
  fc.constantFrom(null, undefined, 2n ** 70n, Symbol('s'), new Date(0), new Date(Number.NaN), () => 1),
  fc.constantFrom(new Error('broken'), new Map([['password', 'p']]), new Uint8Array(3), { toJSON: () => undefined }),
  fc.array(fc.anything({ withNullPrototype: true, maxDepth: 2 }), { maxLength: 3 }),
  fc.dictionary(name, fc.anything({ maxDepth: 1 }), { maxKeys: 3 }),
);
const fields = fc.dictionary(name, value, { maxKeys: 4 });

function lineOf(format: LineFormat, bound: LogFields, ambients: readonly LogFields[], own: LogFields, message: string) {
  const write = ambients.reduceRight<() => void>(
    (inside, ambient) => () => withLogFields(ambient, inside),
    () => format.write('info', message, BoundFields.of(bound), own),
  );
  write();
  return lines.pop()!.replace(/^\{"level":"info","time":\d+/, '{"level":"info","time":0');
}

test('a line that is put together from texts is the line that pino makes of the same fields, with no name twice', () => {
  let ordinary = 0;
  fc.assert(
    fc.property(fields, fc.array(fields, { maxLength: 2 }), fields, text, (bound, ambients, own, message) => {
      const line = lineOf(direct, bound, ambients, own, message);
      const said = JSON.stringify(JSON.parse(line));
      assert.equal(said, JSON.stringify(JSON.parse(lineOf(throughPino, bound, ambients, own, message))));
      // pino does not escape a lone surrogate in a short text.
      assert.equal(line.replaceAll(/\ud800(?![\udc00-\udfff])/g, '\\ud800'), `${said}\n`);
      if (Object.keys(own).length > 0) ordinary++;
    }),
    { numRuns: 1000 },
  );
  assert.ok(ordinary > 100);
});

test('a getter and a toJSON that throw, and a hundred fields, are logged as they always were', () => {
  const awkward: LogFields[] = [
    {
      fine: 1,
      get bad() {
        throw new Error('no');
      },
    },
    {
      toJSON: {
        toJSON() {
          throw new Error('no');
        },
      },
    },
    Object.fromEntries(Array.from({ length: 1100 }, (_, index) => [`f${index}`, index])),
    new Proxy(
      {},
      {
        ownKeys() {
          throw new Error('no');
        },
      },
    ),
  ];
  for (const own of awkward) assert.equal(lineOf(direct, {}, [], own, 'm'), lineOf(throughPino, {}, [], own, 'm'));
});
