// task.cancel(); except asyncio.CancelledError
import assert from 'node:assert/strict';
import { isCancelled, run, sleep, taskGroup } from 'sluice';

await run(async () => {
  const seen: string[] = [];
  await taskGroup(async (group) => {
    const task = group.spawn(async () => {
      try {
        await sleep('1h');
      } catch (error) {
        if (isCancelled(error)) seen.push('cancelled');
        throw error; // let it pass
      }
    });
    await sleep(5);
    task.cancel('not needed any more');
  });
  assert.deepEqual(seen, ['cancelled']);
});
