// async with condition: await condition.wait_for(lambda: stock > 0)
import assert from 'node:assert/strict';
import { Condition, run, sleep, taskGroup } from 'sluice';

await run(async () => {
  const changed = new Condition();
  let stock = 0;
  const sold: string[] = [];
  await taskGroup(async (group) => {
    for (const buyer of ['ada', 'bob']) {
      group.spawn(async () => {
        using _permit = await changed.acquire();
        await changed.waitFor(() => stock > 0);
        stock--;
        sold.push(buyer);
      });
    }
    for (let delivery = 0; delivery < 2; delivery++) {
      await sleep('2ms');
      using _permit = await changed.acquire();
      stock++;
      changed.notify();
    }
  });
  assert.deepEqual(sold, ['ada', 'bob']);
});
