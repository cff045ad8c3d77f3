// async with asyncio.TaskGroup() as group: group.create_task(...)
import assert from 'node:assert/strict';
import { run, sleep, TaskGroupError, taskGroup } from 'sluice';

await run(async () => {
  const sum = await taskGroup(async (group) => {
    const a = group.spawn(() => sleep(10).then(() => 1));
    const b = group.spawn(() => sleep(20).then(() => 2));
    return (await a) + (await b);
  });
  assert.equal(sum, 3);

  await assert.rejects(
    taskGroup((group) => {
      group.spawn(() => sleep('1h'), { name: 'sleeper' }); // cancelled when its sibling fails, and waited for
      group.spawn(async () => Promise.reject(new Error('disk full')), { name: 'writer' });
    }),
    (error) => error instanceof TaskGroupError && error.find(Error)?.message === 'disk full',
  );
});
