import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bulkWrite, type Dialect } from '@sluice/databases';
import fc from 'fast-check';
import { describeDatabases } from '../support/test-bed.ts';

const COLUMNS: Record<Dialect, string> = {
  postgres:
    'id int primary key, t text, n double precision, big bigint, b boolean, at timestamptz(3), j jsonb, bytes bytea',
  mysql:
    'id int primary key, t longtext character set utf8mb4, n double, big bigint, b boolean, at datetime(3), j json, bytes longblob',
  sqlite: 'id int primary key, t text, n real, big int, b int, at text, j text, bytes blob',
};

/** Text with all that a line format could stumble over, long enough to leave the fast path now and then. */
function text(withNul: boolean): fc.Arbitrary<string> {
  const piece = fc.oneof(
    fc.constantFrom(
      '\t',
      '\n',
      '\r',
      '\\',
      '\\N',
      '\\.',
      '"',
      "'",
      ',',
      '{',
      '}',
      '𝄞',
      'é',
      '\u007f',
      '\u0001',
      '\ufeff',
    ),
    ...(withNul ? [fc.constant('\0')] : []),
    fc.string({ maxLength: 20, unit: 'grapheme' }),
  );
  return fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
}

function row(dialect: Dialect): fc.Arbitrary<Record<string, unknown>> {
  const nullable = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 5 });
  return fc.record({
    t: nullable(text(dialect !== 'postgres')),
    n: nullable(fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n))),
    big: nullable(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
    b: nullable(fc.boolean()),
    at: nullable(fc.date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })),
    // jsonb has its own idea of numbers and cannot hold NUL: text and structure are what COPY could break.
    j: nullable(
      fc.dictionary(fc.constantFrom('a', 'b c', 'é'), fc.oneof(text(false), fc.boolean(), fc.integer()), {
        noNullPrototype: true,
      }),
    ),
    bytes: nullable(fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes))),
  });
}

/** What the database gives back for a value that was written. */
function expected(dialect: Dialect, written: Record<string, unknown>): Record<string, unknown> {
  const big = written.big as bigint | null;
  const values = { ...written, big: big !== null && Number.isSafeInteger(Number(big)) ? Number(big) : big };
  if (dialect === 'postgres') return values;
  const b = written.b === null ? null : Number(written.b);
  if (dialect === 'mysql') return { ...values, b };
  const at = written.at === null ? null : (written.at as Date).toISOString();
  const j = written.j === null ? null : JSON.stringify(written.j);
  return { ...values, b, at, j };
}

function comparable(values: Record<string, unknown>): Record<string, unknown> {
  const bytes = values.bytes as Uint8Array | null;
  return { ...values, bytes: bytes === null ? null : Buffer.from(bytes).toString('hex') };
}

await describeDatabases((bed) => {
  for (const onConflict of ['error', 'update', 'ignore'] as const) {
    test(`what is written with onConflict ${onConflict} is read back the same`, async () => {
      await using db = await bed.connect({ pool: 1 });
      await db.execute(`create table round_trip_${onConflict} (${COLUMNS[bed.dialect]})`);
      await fc.assert(
        fc.asyncProperty(fc.array(row(bed.dialect), { minLength: 1, maxLength: 20 }), async (values) => {
          const rows = values.map((value, id) => ({ id, ...value }));
          await db.execute(`delete from round_trip_${onConflict}`);
          const result = await bulkWrite(db, `round_trip_${onConflict}`, rows, { onConflict });
          assert.deepEqual(result, { written: rows.length, skipped: 0, bad: 0 });
          const read = await db.query(`select * from round_trip_${onConflict} order by id`);
          assert.deepEqual(
            read.map(comparable),
            rows.map((written) => comparable(expected(bed.dialect, written))),
          );
        }),
        { numRuns: 60 },
      );
    });
  }

  test('values of 1 MB come back whole', async () => {
    await using db = await bed.connect({ pool: 1 });
    await db.execute(`create table large (${COLUMNS[bed.dialect]})`);
    const rows = [0, 1, 2, 3, 4].map((id) => ({
      id,
      t: `${'é\t\\\n'.repeat(200_000)}${id}`,
      bytes: Buffer.alloc(1_000_000, id + 1),
    }));
    assert.equal((await bulkWrite(db, 'large', rows)).written, 5);
    for await (const read of db.stream<(typeof rows)[number]>('select id, t, bytes from large', [], { pageRows: 1 })) {
      assert.ok(read.t === rows[read.id]?.t);
      assert.ok(Buffer.compare(Buffer.from(read.bytes), rows[read.id]!.bytes) === 0);
    }
  });
});
