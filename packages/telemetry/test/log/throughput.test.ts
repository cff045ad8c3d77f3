import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger, withLogFields } from '@sluice/telemetry';
import { entriesOf, temporaryFolder } from '../support/temporary-folder.ts';

const LINES = 100_000;

test(`${LINES} lines with bound fields arrive whole and in order, and what they cost on the loop is reported`, async (t) => {
  await using folder = await temporaryFolder();
  const path = folder.path('a.log');
  await using log = createLogger({ destination: path, flushTimeout: '30s', maxBuffered: 2 ** 26 });
  const child = log.child({ run: 'r1' });
  const started = performance.now();
  const before = process.threadCpuUsage();
  for (let n = 0; n < LINES; n++) {
    withLogFields({ item: 'https://example.test/items/1', attempt: 1 }, () => {
      child.info('fetched', { status: 200, bytes: 1024, n });
    });
  }
  const cpu = process.threadCpuUsage(before);
  await log.flush();
  const seconds = (performance.now() - started) / 1000;
  t.diagnostic(
    `${((cpu.user + cpu.system) / LINES).toFixed(2)} µs of the loop a line; ${Math.round(LINES / seconds)} lines/s`,
  );
  assert.deepEqual(log.statistics(), { written: LINES, dropped: 0, buffered: 0 });
  const written = await entriesOf(path);
  assert.equal(written.length, LINES);
  assert.ok(written.every((entry, index) => entry.n === index && entry.attempt === 1 && entry.run === 'r1'));
});
