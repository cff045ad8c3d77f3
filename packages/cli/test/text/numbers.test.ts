import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatBytes,
  formatClock,
  formatCount,
  formatMs,
  formatRate,
  formatSeconds,
  formatShare,
  plural,
} from '../../src/text/numbers.ts';

test('counts have their thousands set apart', () => {
  assert.equal(formatCount(1_234_567), '1,234,567');
  assert.equal(plural(1, 'item'), '1 item');
  assert.equal(plural(2000, 'item'), '2,000 items');
});

test('a share is 0 % or 100 % only when it is nothing or all', () => {
  assert.equal(formatShare(0, 10), '0 %');
  assert.equal(formatShare(10, 10), '100 %');
  assert.equal(formatShare(1, 1_000_000), '0.1 %');
  assert.equal(formatShare(999_999, 1_000_000), '99.9 %');
  assert.equal(formatShare(0, 0), '');
});

test('a span of time has the unit that fits it', () => {
  const cases: readonly [number | null, string][] = [
    [null, '–'],
    [8.4, '8 ms'],
    [999.6, '1.0 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min 00 s'],
    [185_000, '3 min 05 s'],
    [7_800_000, '2 h 10 min'],
  ];
  for (const [ms, text] of cases) assert.equal(formatMs(ms), text);
  assert.equal(formatSeconds(208), '1 s');
  assert.equal(formatSeconds(90_000), '1 min 30 s');
  assert.equal(formatClock(7_400), '0:07');
  assert.equal(formatClock(3_723_000), '1:02:03');
});

test('bytes and rates never show a number that rounds into the next unit', () => {
  assert.equal(formatBytes(999), '999 B');
  assert.equal(formatBytes(999_999), '1.0 MB');
  assert.equal(formatBytes(14_200_000), '14.2 MB');
  assert.equal(formatRate(312.4), '312/s');
  assert.equal(formatRate(4.24), '4.2/s');
  assert.equal(formatRate(0.2), '12/min');
  assert.equal(formatRate(0), '0/s');
});
