import { warn } from '../node/warn.ts';
import type { Scope } from '../scope/scope.ts';
import { type AnyFunction, sight } from './observer.ts';

const generatorKinds: readonly unknown[] = [function* () {}.constructor, async function* () {}.constructor];

/** How many runs in debug mode there are. */
let watching = 0;

/** Looks out for generators that are given to a scope; the answer ends it. */
export function watchForGenerators(): () => void {
  watching++;
  sight.bodyGiven = noticeGenerator;
  return () => {
    if (--watching === 0) sight.bodyGiven = null;
  };
}

/**
 * Warns in debug mode about a generator function that is given to a scope as its body: calling one only makes the generator, so the scope ends
 * before a line of it has run. What it yields is then computed outside: no deadline, cancel or group reaches it.
 */
function noticeGenerator(scope: Scope, body: AnyFunction): void {
  if (!generatorKinds.includes(body?.constructor)) return;
  const who = scope.owner?.label ?? 'code outside every task';
  const what = body.name === '' ? 'a generator' : `the generator '${body.name}'`;
  const advice = 'iterate over it inside the scope, or use mapStream()';
  const text = `${who} gave ${what} to a scope, which ends before the generator begins: it yields outside of it; ${advice}`;
  warn('SLUICE_GENERATOR_IN_SCOPE', text);
}
