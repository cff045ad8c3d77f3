// tenacity: @retry(stop=stop_after_attempt(5) | stop_before_delay(30), wait=wait_random_exponential(max=60))
import assert from 'node:assert/strict';
import { exponentialJitter, retry, run, stopAfterAttempt, stopBeforeDelay } from 'sluice';

await run(async () => {
  const answer = await retry(
    ({ attempt }) => {
      if (attempt < 3) throw new Error('not yet');
      return attempt;
    },
    {
      stop: stopAfterAttempt(5).or(stopBeforeDelay('30s')),
      wait: exponentialJitter({ initial: '5ms', max: '60s' }),
    },
  );
  assert.equal(answer, 3);
});
