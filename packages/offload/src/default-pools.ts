import { createPool } from './create-pool.ts';
import { moduleOf } from './module-of.ts';
import type { Pool } from './pool/pool.ts';

// biome-ignore lint/suspicious/noExplicitAny: the constraint that every function meets, and what a call without a type is checked against
type AnyFunction = (...args: any[]) => unknown;

const shared = new Map<'thread' | 'process', Pool>();

/**
 * Runs one function of a module on a thread, in the caller's scope: asyncio's `to_thread`, for what computes. All callers share one pool of one thread
 * fewer than there are cores (at least 1); calls beyond wait their turn. A cancel ends the thread in the middle of the call.
 *
 * @throws UsageError when `module` is a function or no URL; what the function throws; OffloadError when the call does not come back; CancelledError.
 * @example
 * import type { resize } from './resize.ts';
 * const small = await toThread<typeof resize>(new URL('./resize.ts', import.meta.url), 'resize', image, 100);
 */
export function toThread<F extends AnyFunction>(
  module: URL | string,
  exportName: string,
  ...args: Parameters<F>
): Promise<Awaited<ReturnType<F>>> {
  return callShared('thread', 'toThread', module, exportName, args);
}

/**
 * Like {@link toThread}, on a process of its own: for code that may crash, and for what a cancel must end for certain. A cancelled call leaves no
 * process behind: SIGTERM to it and to what it started, SIGKILL a second later.
 *
 * @throws as {@link toThread} does.
 */
export function toProcess<F extends AnyFunction>(
  module: URL | string,
  exportName: string,
  ...args: Parameters<F>
): Promise<Awaited<ReturnType<F>>> {
  return callShared('process', 'toProcess', module, exportName, args);
}

/** Ends the shared workers of {@link toThread} and {@link toProcess} and waits until they are gone; the next call starts new ones. Not needed for the program to end. */
export async function closeOffload(): Promise<void> {
  const open = [...shared.values()];
  shared.clear();
  await Promise.all(open.map((pool) => pool.close()));
}

function callShared<R>(
  kind: 'thread' | 'process',
  caller: string,
  module: URL | string,
  exportName: string,
  args: readonly unknown[],
): Promise<R> {
  const href = moduleOf(module, caller);
  let pool = shared.get(kind);
  if (pool === undefined) {
    pool = createPool('shared', { kind });
    shared.set(kind, pool);
  }
  return pool.call(href, exportName, args) as Promise<R>;
}
