// asyncio: an exception can vanish in a task; return_exceptions=True makes failures values, wait_for() bounds each call, tenacity repeats what is worth it.
// Here: no failure can vanish; mapSettled() makes failures values, timeout() ends the stuck call, retry() repeats with growing, jittered waits.
import { exponentialJitter, mapSettled, retry, run, Session, timeout } from 'sluice';

const base = process.argv[2] ?? 'https://httpbin.org';

await run(async () => {
  await using session = new Session();
  const paths = ['/get', '/status/500', '/delay/30', '/flaky/0.5'];
  const wait = exponentialJitter({ initial: '50ms', max: '500ms' });

  const results = await mapSettled(
    paths,
    (path) =>
      retry(async () => (await timeout('300ms', () => session.get(base + path))).requireOk(), { attempts: 4, wait }),
    { concurrency: 10 },
  );

  for (const [index, result] of results.entries()) {
    console.log(paths[index], result.status === 'fulfilled' ? result.value.status : `failed: ${result.reason.message}`);
  }
});
