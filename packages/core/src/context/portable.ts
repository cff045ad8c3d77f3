import { valuesHere } from './values.ts';

const PREFIX = 'sluice.context.';

/** The key of the portable variable of that name: the same one for whoever asks, in every module of the thread. */
export function portableKey(name: string): symbol {
  return Symbol.for(PREFIX + name);
}

/** The portable values that the caller sees, by name; undefined when there are none. */
export function portableNow(): Record<string, unknown> | undefined {
  let found: Record<string, unknown> | undefined;
  for (const [key, value] of valuesHere() ?? []) {
    if (typeof key !== 'symbol') continue;
    // A record without a prototype: a variable may be called like anything.
    found ??= Object.create(null) as Record<string, unknown>;
    found[Symbol.keyFor(key)!.slice(PREFIX.length)] = value;
  }
  return found;
}
