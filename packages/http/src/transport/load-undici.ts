import { createRequire } from 'node:module';

type Undici = typeof import('undici');

let undici: Undici | undefined;

/** undici, when its transport is first used: loading it takes longer than all the rest of a session, which has a wire of its own. */
export function loadUndici(): Undici {
  undici ??= createRequire(import.meta.url)('undici') as Undici;
  return undici;
}
