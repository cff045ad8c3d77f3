import type { Transferable } from 'node:worker_threads';
import { UsageError } from '@sluice/core';

const transferLists = new WeakMap<object, readonly Transferable[]>();

/**
 * Marks what `value` (an argument of a call, or what a function in a worker returns) hands over instead of copying: `ArrayBuffer`s, `MessagePort`s
 * and the like. Handing over costs the same for a kilobyte and a gigabyte; the sender's buffer is empty afterwards. Processes share no memory: they copy.
 *
 * @returns `value` itself.
 * @throws UsageError when `value` is no object.
 * @example
 * const small = await work.resize(transfer(image, [image.buffer]), 100);
 */
export function transfer<T>(value: T, transferables: readonly Transferable[]): T {
  if (typeof value !== 'object' || value === null) {
    throw new UsageError(`transfer() takes an object and what of it to hand over, not ${String(value)}`);
  }
  transferLists.set(value, transferables);
  return value;
}

/** What is to be handed over with `value`; undefined when nothing is. */
export function transferListOf(value: unknown): readonly Transferable[] | undefined {
  return typeof value === 'object' && value !== null ? transferLists.get(value) : undefined;
}
