// asyncio.Event()
import assert from 'node:assert/strict';
import { Event, run, taskGroup } from 'sluice';

await run(async () => {
  const ready = new Event();
  const order: string[] = [];
  await taskGroup((group) => {
    group.spawn(async () => {
      await ready.wait();
      order.push('served');
    });
    group.spawn(() => {
      order.push('ready');
      ready.set();
    });
  });
  assert.deepEqual(order, ['ready', 'served']);
});
