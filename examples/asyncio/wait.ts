// done, pending = await asyncio.wait(tasks, return_when=FIRST_COMPLETED); async for task in asyncio.as_completed(tasks)
import assert from 'node:assert/strict';
import { asCompleted, Event, run, sleep, taskGroup, wait } from 'sluice';

await run(() =>
  taskGroup(async (group) => {
    const go = new Event();
    const slow = group.spawn(() => go.wait(), { name: 'slow' });
    const quick = group.spawn(() => sleep('5ms'), { name: 'quick' });
    const { done, pending } = await wait([slow, quick], { returnWhen: 'first-completed', timeout: '5s' });
    assert.deepEqual([done, pending], [[quick], [slow]]); // what is pending goes on
    go.set();
    const order: string[] = [];
    for await (const { task, status } of asCompleted([slow, quick])) order.push(`${task.name}: ${status}`);
    assert.deepEqual(order, ['quick: fulfilled', 'slow: fulfilled']);
  }),
);
