// await asyncio.wait_for(work(), timeout=0.02)
import assert from 'node:assert/strict';
import { moveOnAfter, run, sleep, TimeoutError, timeout } from 'sluice';

await run(async () => {
  await assert.rejects(
    timeout('20ms', () => sleep('1h')),
    TimeoutError,
  );
  const { timedOut } = await moveOnAfter('20ms', () => sleep('1h')); // when being late is an answer and not an error
  assert.equal(timedOut, true);
});
