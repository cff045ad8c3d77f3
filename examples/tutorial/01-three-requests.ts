// asyncio: a ClientSession, a coroutine that fetches a URL, and gather() over three calls that take a second each.
// Here: a Session and gather() over three functions. Started one after the other they would take three seconds.
import { gather, now, run, Session } from 'sluice';

const base = process.argv[2] ?? 'https://httpbin.org';

await run(async () => {
  await using session = new Session();
  const begunAt = now();
  const get = async () => (await session.get(`${base}/delay/1`)).text();
  const pages = await gather([get, get, get]);
  console.log(`got ${pages.length} responses in ${((now() - begunAt) / 1000).toFixed(1)} s`);
});
