import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRetryAfter } from '@sluice/http';
import fc from 'fast-check';

const NOW = Date.UTC(2026, 10, 23, 12, 0, 0);

for (const [value, expected] of [
  ['0', 0],
  ['120', 120_000],
  [' 5 ', 5000],
  ['1.5', 1500],
  ['-7', 0],
  ['999999999999999999999999', 3_600_000],
  ['Mon, 23 Nov 2026 12:00:30 GMT', 30_000],
  ['Monday, 23-Nov-26 12:01:00 GMT', 60_000],
  ['Mon Nov 23 12:00:05 2026', 5000],
  ['Sun, 06 Nov 1994 08:49:37 GMT', 0],
  ['Sunday, 06-Nov-94 08:49:37 GMT', 0],
  ['Fri, 01 Jan 2100 00:00:00 GMT', 3_600_000],
  ['', undefined],
  ['soon', undefined],
  ['soon 5', undefined],
  ['5 s', undefined],
  ['0x10', undefined],
  ['Infinity', undefined],
  ['Mon, 31 Feb 2026 12:00:00 GMT', undefined],
  ['Mon, 23 Nov 2026 25:00:00 GMT', undefined],
  ['Mon, 23 Nov 2026 12:00:00 CET', undefined],
  ['2026-11-23T12:00:00Z', undefined],
  [undefined, undefined],
] as const) {
  test(`Retry-After ${JSON.stringify(value)} asks for ${expected} ms`, () => {
    assert.equal(parseRetryAfter(value, NOW), expected);
  });
}

test('whatever comes, the wait is between nothing and an hour, or unknown', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.double().map(String),
        fc.bigInt().map(String),
        fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
      ),
      (value) => {
        const waitMs = parseRetryAfter(value, NOW);
        assert.ok(waitMs === undefined || (waitMs >= 0 && waitMs <= 3_600_000));
      },
    ),
  );
});

test('every whole number of seconds up to an hour is obeyed exactly, as a number and as a date', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3600 }), (seconds) => {
      assert.equal(parseRetryAfter(String(seconds), NOW), seconds * 1000);
      assert.equal(parseRetryAfter(new Date(NOW + seconds * 1000).toUTCString(), NOW), seconds * 1000);
    }),
  );
});
