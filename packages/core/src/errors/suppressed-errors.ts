/**
 * Errors that came after the first one. They are kept beside the error, not on it: a frozen error and a thrown string have theirs too.
 */
const besideObjects = new WeakMap<object, unknown[]>();
/** Thrown primitives have no identity to hang anything on; the latest few are remembered by value. */
const besidePrimitives = new Map<unknown, readonly unknown[]>();
const MAX_PRIMITIVES = 16;

/**
 * The errors that happened besides `error` and were not thrown because it was first: `gather`, `map` and `race` throw the first
 * error as it is and keep the others here. Empty when there were none.
 *
 * @example
 * try { await gather([a, b]); } catch (error) {
 *   for (const other of suppressedErrors(error)) console.error('also:', other);
 * }
 */
export function suppressedErrors(error: unknown): readonly unknown[] {
  return (isObject(error) ? besideObjects.get(error) : besidePrimitives.get(error)) ?? [];
}

/** Keeps `others` beside `error`. */
export function suppress(error: unknown, others: readonly unknown[]): void {
  if (isObject(error)) {
    if (others.length > 0) besideObjects.set(error, [...suppressedErrors(error), ...others]);
    return;
  }
  // The same text may be thrown again: what came with it the last time is not of this time.
  besidePrimitives.delete(error);
  if (others.length === 0) return;
  besidePrimitives.set(error, others);
  if (besidePrimitives.size > MAX_PRIMITIVES) besidePrimitives.delete(besidePrimitives.keys().next().value);
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
