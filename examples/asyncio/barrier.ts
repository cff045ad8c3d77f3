// barrier = asyncio.Barrier(3); await barrier.wait()
import assert from 'node:assert/strict';
import { Barrier, run, sleep, taskGroup } from 'sluice';

await run(async () => {
  const barrier = new Barrier(3);
  const steps: string[] = [];
  await taskGroup((group) => {
    for (const ms of [1, 5, 10]) {
      group.spawn(async () => {
        await sleep(ms);
        steps.push('arrived');
        await barrier.wait(); // an index for each, 0 to 2
        steps.push('through');
      });
    }
  });
  assert.deepEqual(steps, ['arrived', 'arrived', 'arrived', 'through', 'through', 'through']);
});
