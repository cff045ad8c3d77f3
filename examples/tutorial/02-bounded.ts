// asyncio: a thousand tasks at once exhaust connections, so Semaphore(10) lets ten in and the others queue.
// Here: map() is bounded from the start; a Semaphore bounds what several places share.
import { map, run, Semaphore, Session } from 'sluice';

const base = process.argv[2] ?? 'https://httpbin.org';

await run(async () => {
  await using session = new Session();
  const urls = Array.from({ length: 100 }, (_, index) => `${base}/bytes/1000?seed=${index}`);

  const pages = await map(urls, (url) => session.get(url), { concurrency: 10 });
  console.log(`${pages.length} pages, at most 10 requests at once`);

  const disk = new Semaphore(2);
  const sizes = await map(
    urls,
    async (url) => {
      const page = await session.get(url);
      using _permit = await disk.acquire(); // at most two at once get beyond this line; the permit goes back at the end of the block
      return page.body.length;
    },
    { concurrency: 50 },
  );
  console.log(`${sizes.reduce((sum, size) => sum + size, 0)} bytes`);
});
