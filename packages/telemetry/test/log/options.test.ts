import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SluiceError, UsageError } from '@sluice/core';
import { createLogger, type LoggerOptions } from '@sluice/telemetry';

const WRONG: readonly [what: string, options: unknown, message: RegExp][] = [
  ['an unknown level', { level: 'verbose' }, /'verbose' is no log level: use one of trace, debug/],
  ['a level that every object has', { level: 'toString' }, /no log level/],
  ['an unknown format', { format: 'xml' }, /'xml' is no log format: use one of auto, pretty, json/],
  ['an empty path', { destination: '' }, /'stderr', 'stdout' or a path, not ""/],
  ['a path that is no text', { destination: 3 }, /or a path, not 3/],
  ['a buffer that is too small', { maxBuffered: 100 }, /from 16384 to 1073741824, not 100/],
  ['a buffer that is no number', { maxBuffered: Number.NaN }, /not NaN/],
  ['a negative timeout', { flushTimeout: -1 }, /0 or more, not -1/],
  ['a path to redact that is none', { redact: ['a..b'] }, /path to redact cannot be read/],
];

for (const [what, options, message] of WRONG) {
  test(`${what} is refused with a message that says what to do, and no thread is left`, () => {
    const before = process.getActiveResourcesInfo().length;
    assert.throws(
      () => createLogger(options as LoggerOptions),
      (error) => error instanceof UsageError && error instanceof SluiceError && message.test(error.message),
    );
    assert.equal(process.getActiveResourcesInfo().length, before);
  });
}
