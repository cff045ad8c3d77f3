import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAgainstReference } from '../packages/http/test/wire/support/check-against-reference.ts';

const RUNS = 1_000_000;
const SLICE = 50_000;

test('a million mutated responses: never a reply that a strict reading does not give', {
  timeout: 3_600_000,
}, async (t) => {
  const first = Number(process.env.SEED ?? Date.now()) | 0;
  const total = { ok: 0, refused: 0 };
  for (let done = 0; done < RUNS; done += SLICE) {
    const seed = (first + done) | 0;
    t.diagnostic(`seed ${seed}`);
    const { ok, refused } = await checkAgainstReference(SLICE, seed);
    total.ok += ok;
    total.refused += refused;
  }
  t.diagnostic(`${total.ok} ok, ${total.refused} refused`);
  assert.equal(total.ok + total.refused, RUNS);
});
