import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAgainstReference } from './support/check-against-reference.ts';

test('of mutated responses only those come out as replies that a strict reading gives, byte for byte', async (t) => {
  const seed = Date.now() | 0;
  t.diagnostic(`seed ${seed}`);
  const { ok, refused } = await checkAgainstReference(100_000, seed);
  t.diagnostic(`${ok} ok, ${refused} refused`);
  assert.ok(ok > 1000 && refused > 1000, 'both kinds came up');
});
