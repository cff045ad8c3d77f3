import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Lab, startLab } from '../../src/index.ts';
import { chance } from '../../src/seeded/chance.ts';
import { seededChunks } from '../../src/seeded/seeded-bytes.ts';
import { request } from '../support/request.ts';

const bytesOf = (seed: number, length: number): Buffer => Buffer.concat([...seededChunks(seed, length)]);

test('chance depends on seed and text alone and lies in [0, 1)', () => {
  fc.assert(
    fc.property(fc.integer(), fc.string(), (seed, text) => {
      const value = chance(seed, text);
      assert.ok(value >= 0 && value < 1);
      assert.equal(chance(seed, text), value);
    }),
  );
});

test('chance is spread evenly over texts that differ in a number, whatever the seed', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const tenths = new Array<number>(10).fill(0);
      for (let n = 0; n < 10_000; n += 1) {
        const tenth = Math.floor(chance(seed, `item ${n}`) * 10);
        tenths[tenth] = (tenths[tenth] ?? 0) + 1;
      }
      assert.ok(
        tenths.every((count) => count > 800 && count < 1200),
        String(tenths),
      );
    }),
    { numRuns: 20 },
  );
});

test('a shorter body is the start of a longer one with the same seed, and seeds differ', () => {
  const length = fc.integer({ min: 0, max: 200_000 });
  fc.assert(
    fc.property(fc.integer(), length, length, (seed, one, other) => {
      const [short, long] = [Math.min(one, other), Math.max(one, other)];
      const bytes = bytesOf(seed, long);
      assert.equal(bytes.length, long);
      assert.ok(bytesOf(seed, short).equals(bytes.subarray(0, short)));
      if (long >= 16) assert.ok(!bytesOf(seed + 1, long).equals(bytes));
    }),
    { numRuns: 30 },
  );
});

test('two labs with one seed, asked the same in the same order, answer the same', async () => {
  const id = fc.integer({ min: 0, max: 1_000_000 });
  const path = fc.oneof(
    id.map((n) => `/flaky/0.5?n=${n}`),
    id.map((n) => `/status/200,404,500:2?n=${n}`),
    id.map((n) => `/item/${n}`),
    fc.integer({ min: 0, max: 100_000 }).map((n) => `/bytes/${n}`),
    fc.constant('/uuid'),
  );
  const ask = async (lab: Lab, paths: readonly string[]): Promise<string[]> => {
    const answers: string[] = [];
    for (const each of paths) {
      const answer = await request(lab.url + each).then(
        ({ status, body }) => `${status} ${body.toString('base64')}`,
        (error: NodeJS.ErrnoException) => String(error.code),
      );
      answers.push(answer);
    }
    return answers;
  };
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.array(path, { minLength: 1, maxLength: 8 }), async (seed, paths) => {
      await using one = await startLab({ seed });
      await using two = await startLab({ seed });
      const twice = [...paths, ...paths];
      assert.deepEqual(await ask(one, twice), await ask(two, twice));
    }),
    { numRuns: 15 },
  );
});
