/** What people write today: p-limit over Node's built-in fetch. Nothing stored. */
import pLimit from 'p-limit';
import { measure } from '../support/measure.ts';
import { urls } from './urls.ts';

const [base, count, concurrency] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])];
await measure(count, async () => {
  const limit = pLimit(concurrency);
  let ok = 0;
  await Promise.all(
    Array.from(urls(base, count), (url) =>
      limit(async () => {
        const response = await fetch(url);
        if ((await response.text()).length > 0 && response.ok) ok++;
      }),
    ),
  );
  return ok;
});
