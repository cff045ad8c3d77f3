// what pytest-asyncio has no word for: an hour of sleeps tested in a millisecond
import assert from 'node:assert/strict';
import { now, retry, sleep, waitFixed } from 'sluice';
import { testRun } from 'sluice/testing';

await testRun(async () => {
  const begunAt = now();
  await sleep('1h');
  await assert.rejects(
    retry(() => Promise.reject(new Error('down')), { attempts: 3, wait: waitFixed('10min') }),
    /down/,
  );
  assert.equal(now() - begunAt, 80 * 60_000);
});
