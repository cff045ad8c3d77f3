// async for result in asyncio.as_completed(...), with a bound and with back-pressure
import assert from 'node:assert/strict';
import { mapStream, run, sleep } from 'sluice';

await run(async () => {
  const seen: number[] = [];
  for await (const n of mapStream([30, 1, 15], (ms) => sleep(ms).then(() => ms), { concurrency: 3, ordered: false })) {
    seen.push(n); // as they come
    if (seen.length === 2) break; // what is under way is cancelled and waited for
  }
  assert.deepEqual(seen, [1, 15]);
});
