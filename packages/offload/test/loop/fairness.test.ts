import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { test } from 'node:test';
import { offload, offloadStatistics } from '@sluice/offload';
import { Gate } from '../support/gate.ts';
import { type Sums, sumsUrl } from '../support/modules.ts';

test('the event loop goes on while both threads compute', async (context) => {
  await using work = offload<Sums>(sumsUrl, { threads: 2 });
  await Promise.all([work.add(1, 1), work.add(1, 1)]);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  await Promise.all(Array.from({ length: 8 }, () => work.burn(100)));
  delay.disable();
  const p99Ms = delay.percentile(99) / 1e6;
  context.diagnostic(`loop delay p99 ${p99Ms.toFixed(1)} ms, of which 5 ms are the measurement's own interval`);
  assert.ok(p99Ms < 100, `the loop's p99 delay was ${p99Ms} ms`);
});

test('calls behind a slow one go to a worker that becomes free', async () => {
  await using work = offload<Sums>(sumsUrl, { threads: 2 });
  const gate = new Gate();
  const slow = work.hold(gate.flag);
  // All of these are sent before any of them is known to be quick, half of them to the thread that is held.
  const quick = Array.from({ length: 31 }, (_, index) => work.add(index, 1));
  const sums = await Promise.all(quick);
  assert.deepEqual(
    sums,
    Array.from({ length: 31 }, (_, index) => index + 1),
  );
  assert.deepEqual(offloadStatistics(work), { workers: 2, sent: 1, queued: 0 });
  gate.open();
  await slow;
});
