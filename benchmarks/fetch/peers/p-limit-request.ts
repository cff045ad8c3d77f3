/** What people write today: p-limit over undici's request. Nothing stored. */
import pLimit from 'p-limit';
import { Agent, request } from 'undici';
import { measure } from '../../support/measure.ts';
import { readTask, urls } from '../urls.ts';

const { base, count, concurrency } = readTask();
const dispatcher = new Agent({ connections: concurrency });
await measure(count, async () => {
  const limit = pLimit(concurrency);
  let ok = 0;
  await Promise.all(
    Array.from(urls(base, count), (url) =>
      limit(async () => {
        const { statusCode, body } = await request(url, { dispatcher });
        if ((await body.text()).length > 0 && statusCode === 200) ok++;
      }),
    ),
  );
  return ok;
});
await dispatcher.close();
