// await asyncio.gather(a(), b())
import assert from 'node:assert/strict';
import { gather, run, sleep } from 'sluice';

await run(async () => {
  const [name, count] = await gather([
    () => sleep(20).then(() => 'ada'), // functions, not promises: gather can then cancel them and wait for their end
    () => sleep(10).then(() => 7),
  ]);
  assert.deepEqual([name, count], ['ada', 7]);
});
