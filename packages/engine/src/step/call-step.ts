import { cancellable, isCancelled, shield, TimeoutError } from '@sluice/core';

/** How long a step may clean up after it was cancelled. What it waits for beyond that goes on without its item. */
const CLEAN_UP_MS = 250;

/**
 * Calls `step` in the current scope and waits for it, but not for ever: JavaScript cannot end a wait for a foreign promise, so a step that does
 * not listen to the cancel is left behind. Otherwise it would hold its place beyond every deadline.
 *
 * @throws CancelledError when the scope is cancelled; what the step throws.
 */
export async function callStep<T>(step: () => T | PromiseLike<T>): Promise<T> {
  const result = step();
  const running = result instanceof Promise ? (result as Promise<T>) : Promise.resolve(result);
  try {
    return await cancellable(running);
  } catch (error) {
    if (!isCancelled(error)) throw error;
    return await cleanUp(running, error);
  }
}

/** A step that ends well after all has ended well. */
async function cleanUp<T>(running: Promise<T>, cancellation: unknown): Promise<T> {
  try {
    return await shield(() => cancellable(running), { timeout: CLEAN_UP_MS });
  } catch (error) {
    throw error instanceof TimeoutError ? cancellation : error;
  }
}
