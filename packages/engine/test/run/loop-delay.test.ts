import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { test } from 'node:test';
import { fetchJob, from } from '@sluice/engine';
import { MockTransport, mockReply } from '@sluice/http';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('20,000 items leave the main loop free to do other things', async (t) => {
  await using folder = await temporaryFolder();
  const transport = new MockTransport(function* answer() {
    // A wire takes a turn of the event loop; without one the whole run would be a single turn.
    yield { type: 'delay', ms: 1 };
    yield* mockReply(200, 'x'.repeat(1024), ['content-type', 'text/plain']);
  });
  const urls = Array.from({ length: 20_000 }, (_, index) => `http://h${index % 50}.test/${index}`);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const report = await fetchJob({ source: from.iterable(urls), http: { transport } }).run({
    ledger: folder.path('a.db'),
  });
  delay.disable();
  const p99Ms = delay.percentile(99) / 1e6;
  const { elapsedMs } = report.progress;
  t.diagnostic(
    `p99 ${p99Ms.toFixed(1)} ms, longest ${(delay.max / 1e6).toFixed(1)} ms, ${(20_000_000 / elapsedMs).toFixed(0)} items/s`,
  );
  assert.equal(report.progress.done, 20_000);
  assert.ok(p99Ms < 500, `${p99Ms} ms`);
});
