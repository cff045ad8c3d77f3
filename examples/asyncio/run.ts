// asyncio.run(main())
import assert from 'node:assert/strict';
import { run, sleep } from 'sluice';

const answer = await run(async () => {
  await sleep('10ms'); // asyncio.sleep(0.01)
  return 42;
});
assert.equal(answer, 42);
