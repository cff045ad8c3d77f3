// try: ... finally: await asyncio.shield(clean_up())
import assert from 'node:assert/strict';
import { moveOnAfter, run, shield, sleep } from 'sluice';

await run(async () => {
  let cleaned = false;
  await moveOnAfter('10ms', async () => {
    try {
      await sleep('1h');
    } finally {
      await shield(() => sleep('20ms'), { timeout: '1s' }); // clean-up that has to wait for something
      cleaned = true;
    }
  });
  assert.equal(cleaned, true);
});
