// handle = loop.call_later(0.01, callback); handle.cancel()
import assert from 'node:assert/strict';
import { now, run, sleep, sleepUntil, taskGroup } from 'sluice';

await run(async () => {
  const called: string[] = [];
  await taskGroup(async (group) => {
    group.spawn(async () => {
      await sleep('10ms');
      called.push('call_later');
    });
    const at = now() + 20;
    group.spawn(async () => {
      await sleepUntil(at);
      called.push('call_at');
    });
    const handle = group.spawn(async () => {
      await sleep('1h');
      called.push('never');
    });
    await sleep('1ms');
    handle.cancel();
  }); // whoever may call is in the group, and has ended here
  assert.deepEqual(called, ['call_later', 'call_at']);
});
