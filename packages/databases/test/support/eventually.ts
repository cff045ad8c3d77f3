import { setTimeout as delay } from 'node:timers/promises';

/** Waits until `condition` holds, at most `withinMs`; without it the test's own timeout is the limit. @throws Error when it does not come to hold */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  withinMs = Number.POSITIVE_INFINITY,
): Promise<void> {
  const until = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > until) throw new Error(`still not so after ${withinMs} ms`);
    await delay(10);
  }
}
