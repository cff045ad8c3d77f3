import assert from 'node:assert/strict';

/** Waits until `condition` holds; fails after 20 s. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const endBy = performance.now() + 20_000;
  while (!condition()) {
    assert.ok(performance.now() < endBy, `did not come true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
