import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '@sluice/core';
import { parseRate, type Rate } from '../../src/gate/parse-rate.ts';

test('a rate reads as people write it', () => {
  assert.deepEqual(parseRate('500/min'), { limit: 500, perMs: 60_000 });
  assert.deepEqual(parseRate('10/s'), { limit: 10, perMs: 1000 });
  assert.deepEqual(parseRate(' 5_000 / hour '), { limit: 5000, perMs: 3_600_000 });
  assert.deepEqual(parseRate('200,000/minute'), { limit: 200_000, perMs: 60_000 });
  assert.deepEqual(parseRate('3/500ms'), { limit: 3, perMs: 500 });
  assert.deepEqual(parseRate('0.5/s'), { limit: 0.5, perMs: 1000 });
  assert.deepEqual(parseRate('1000/day'), { limit: 1000, perMs: 86_400_000 });
  assert.deepEqual(parseRate({ limit: 5, per: '2s', burst: 3 }), { limit: 5, perMs: 2000, burst: 3 });
  assert.deepEqual(parseRate({ limit: 5, per: 250 }), { limit: 5, perMs: 250 });
});

test('what is no rate is refused with what a rate looks like', () => {
  const wrong: Rate[] = ['', '10', '10/', '/s', 'ten/s', '-1/s', '10/fortnight', '1.2.3/s', '10/s/s'];
  for (const rate of wrong) {
    assert.throws(
      () => parseRate(rate, '--rate'),
      (error) => error instanceof UsageError && error.message.includes("--rate looks like '500/min'"),
      String(rate),
    );
  }
});

test('a rate of nothing, or in no time, is refused', () => {
  const wrong: Rate[] = [
    '0/s',
    '5/0s',
    { limit: 5, per: 0 },
    { limit: Number.NaN, per: 10 },
    { limit: 1, per: 10, burst: 0 },
  ];
  for (const rate of wrong) assert.throws(() => parseRate(rate), UsageError, JSON.stringify(rate));
});
