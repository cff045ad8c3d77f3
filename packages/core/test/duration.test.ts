import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration, InvalidDurationError, parseDuration, UsageError } from '@sluice/core';
import fc from 'fast-check';

test('text that is no duration is refused with what to write', () => {
  for (const bad of [
    '',
    '5',
    's',
    '5 s',
    '-5s',
    '1e3s',
    '.5s',
    '5.s',
    '5S',
    '5sec',
    ' 5s',
    '5s ',
    'Infinity',
    'NaN',
  ] as never[]) {
    assert.throws(
      () => parseDuration(bad),
      (error: unknown) =>
        error instanceof InvalidDurationError &&
        error instanceof RangeError &&
        error instanceof UsageError &&
        error.code === 'SLUICE_INVALID_DURATION' &&
        /'30s'/.test(error.message),
      `'${String(bad)}'`,
    );
  }
  for (const bad of [-1, Number.NaN, Number.NEGATIVE_INFINITY, null, undefined, {}, [], true, 5n] as never[])
    assert.throws(() => parseDuration(bad), InvalidDurationError);
});

test('a number of milliseconds is written as people write it', () => {
  for (const [ms, text] of [
    [0, '0ms'],
    [0.25, '0.25ms'],
    [250, '250ms'],
    [1500, '1.5s'],
    [60_000, '1min'],
    [5_400_000, '1.5h'],
    [Number.POSITIVE_INFINITY, 'for ever'],
    [Number.NEGATIVE_INFINITY, 'no time'],
  ] as const)
    assert.equal(formatDuration(ms), text);
});

test('what is written can be read again, to three digits', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 86_400_000 }), (ms) => {
      const back = parseDuration(formatDuration(ms) as '1s');
      assert.ok(Math.abs(back - ms) <= ms * 0.006, `${ms} became ${formatDuration(ms)}`);
    }),
  );
});
