import { createPool, type OffloadOptions } from './create-pool.ts';
import { moduleOf } from './module-of.ts';
import type { OffloadStatistics, Pool } from './pool/pool.ts';

// biome-ignore lint/suspicious/noExplicitAny: the constraint that every function meets
type AnyFunction = (...args: any[]) => unknown;

/**
 * A module whose functions run on workers: each takes what it takes and gives a promise of what it gives. What is no function is not there.
 * It has no members of its own, so no export can be hidden by one. Types of overloaded and generic functions are those of the last signature.
 */
export type Offloaded<M> = {
  readonly [K in keyof M as M[K] extends AnyFunction ? (K extends 'then' ? never : K) : never]: M[K] extends (
    ...args: infer A
  ) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never;
} & AsyncDisposable;

const pools = new WeakMap<object, Pool>();

/**
 * Opens a pool of workers on a module. They start with the first calls, take the calls first in, first out, and do not keep the program from ending while
 * they have none. Arguments and results are copied (structured clone; see {@link transfer}); arguments must not change until the call ends. An `async`
 * function holds its worker until it ends. Calls belong to the caller's scope: a cancel ends them as `onCancel` says.
 *
 * `await using` ends the workers at once, whatever they do; calls that are left fail with `SLUICE_OFFLOAD_CLOSED`.
 *
 * @throws UsageError when `module` is no URL, or for options that cannot be met. The calls throw what the function throws, with the same class name,
 * `code`, `cause` and properties and with both stacks; {@link OffloadError} when the call does not come back; CancelledError.
 * @example
 * await using work = offload<typeof import('./resize.ts')>(new URL('./resize.ts', import.meta.url), { threads: 2 });
 * const small = await work.resize(image, 100);
 */
export function offload<M extends object>(module: URL | string, options: OffloadOptions = {}): Offloaded<M> {
  const href = moduleOf(module, 'offload');
  const pool = createPool(fileName(href), options);
  const functions: Record<PropertyKey, unknown> = Object.assign(Object.create(null), {
    [Symbol.asyncDispose]: () => pool.close(),
  });
  const work = new Proxy(functions, {
    get(known, name) {
      // Awaited or returned from an async function, it must not be taken for a promise.
      if (typeof name === 'symbol' || name === 'then') return known[name];
      known[name] ??= (...args: unknown[]) => pool.call(href, name, args);
      return known[name];
    },
  });
  pools.set(work, pool);
  return work as unknown as Offloaded<M>;
}

/** What the pool behind `work` is doing; undefined when `work` did not come from {@link offload}. */
export function offloadStatistics(work: object): OffloadStatistics | undefined {
  return pools.get(work)?.statistics();
}

function fileName(href: string): string {
  const path = href.startsWith('file:') ? new URL(href).pathname : '';
  return /([^/]+?)(\.\w+)?$/.exec(path)?.[1] ?? 'offload';
}
