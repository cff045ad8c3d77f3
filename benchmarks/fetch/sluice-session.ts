/** `map` and a `Session`: every check on, nothing stored. */
import { map } from '@sluice/core';
import { Session } from '@sluice/http';
import { measure } from '../support/measure.ts';
import { readTask, urls } from './urls.ts';

const { base, count, concurrency } = readTask();
await using session = new Session({ maxConnectionsPerOrigin: concurrency });
await measure(count, async () => {
  let ok = 0;
  await map(
    urls(base, count),
    async (url) => {
      const reply = await session.get(url);
      if (reply.ok && reply.text().length > 0) ok++;
    },
    { concurrency },
  );
  return ok;
});
