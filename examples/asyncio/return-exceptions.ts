// await asyncio.gather(a(), b(), return_exceptions=True)
import assert from 'node:assert/strict';
import { gatherSettled, run } from 'sluice';

await run(async () => {
  const [good, bad] = await gatherSettled([
    () => 1,
    () => {
      throw new RangeError('no');
    },
  ]);
  assert.equal(good.status === 'fulfilled' && good.value, 1);
  assert.ok(bad.status === 'rejected' && bad.reason instanceof RangeError);
});
