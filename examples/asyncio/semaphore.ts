// async with asyncio.Semaphore(2): ...
import assert from 'node:assert/strict';
import { map, run, Semaphore, sleep } from 'sluice';

await run(async () => {
  const semaphore = new Semaphore(2);
  let inside = 0;
  let most = 0;
  await map(
    [1, 2, 3, 4, 5, 6],
    async () => {
      using _permit = await semaphore.acquire();
      most = Math.max(most, ++inside);
      await sleep(5);
      inside--;
    },
    { concurrency: 6 },
  );
  assert.equal(most, 2);
});
