// asyncio.Queue(maxsize=2)
import assert from 'node:assert/strict';
import { Queue, run, taskGroup } from 'sluice';

await run(async () => {
  const queue = new Queue<number>(2);
  let sum = 0;
  await taskGroup(async (group) => {
    for (let worker = 0; worker < 3; worker++) {
      group.spawn(async () => {
        for await (const n of queue) sum += n;
      });
    }
    for (let n = 1; n <= 10; n++) await queue.put(n); // waits while the queue is full
    queue.shutdown(); // the workers read what is left and end
  });
  assert.equal(sum, 55);
});
