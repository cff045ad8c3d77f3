// with asyncio.Runner() as runner: runner.run(first()); runner.run(second())
import assert from 'node:assert/strict';
import { background, run, sleep, sleepForever } from 'sluice';

const seen: string[] = [];
await run(async () => {
  background(async () => {
    try {
      await sleepForever(); // serves for as long as the run lasts
    } finally {
      seen.push('the service ended');
    }
  });
  await sleep('5ms');
  seen.push('first');
});
await run(() => seen.push('second')); // nothing to keep or to close between the two
assert.deepEqual(seen, ['first', 'the service ended', 'second']);
