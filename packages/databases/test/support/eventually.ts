import { setTimeout as delay } from 'node:timers/promises';

/** Waits until `condition` holds; the test's own timeout is the limit. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(10);
}
