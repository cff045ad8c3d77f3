import { ContextVar, sleep, taskGroup } from '@sluice/core';

// Made here again: in a thread or process it is another object than in the program that calls.
const requestId = new ContextVar<string>('requestId', { default: 'none', portable: true });
const local = new ContextVar<string>('local', { default: 'none' });

/** What is seen at once, after a wait, and in a child. */
export async function seen(): Promise<string[]> {
  const atOnce = requestId.get();
  await sleep(1);
  const child = await taskGroup(async (group) => await group.spawn(() => requestId.get()));
  return [atOnce, requestId.get(), child, local.get()];
}

/** Sets it and leaves it so; the answer is what was seen before. */
export function overwrite(value: string): string {
  const before = requestId.get();
  requestId.set(value);
  return before;
}

export function read(): string {
  return requestId.get();
}

export function fail(): never {
  throw new RangeError(`failed for ${requestId.get()}`);
}
