// structlog: structured lines, context bound around the code, an asynchronous handler so that writing them does not slow the coroutines.
// Here: a call formats its line into a buffer in some 2 µs; a thread of the logger's own writes it. Whatever the destination does, the
// event loop goes on.
import { map, run, sleep } from '@sluice/core';
import { createLogger, withLogFields } from '@sluice/telemetry';

const destination = process.argv[2] ?? 'stderr';

await run(async () => {
  await using log = createLogger({ destination, base: { service: 'tutorial' } });
  const items = Array.from({ length: 20 }, (_, index) => `item-${index}`);

  await map(
    items,
    (item) =>
      withLogFields({ item }, async () => {
        log.info('started'); // carries the item, and so does every line of what is called from here
        await sleep('10ms');
        try {
          if (item === 'item-7') throw new Error('refused', { cause: new Error('no such account') });
          log.info('done', { url: 'https://user:hunter2@example.test/', token: 'hunter2' }); // neither secret is written
        } catch (error) {
          log.error('failed', { error }); // with its stack and its causes
        }
      }),
    { concurrency: 10 },
  );

  await log.flush();
  const { written, dropped } = log.statistics();
  console.log(`${written} lines written, ${dropped} dropped`);
});
