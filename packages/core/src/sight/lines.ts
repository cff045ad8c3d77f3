import { trace, userFrame } from '../node/warn.ts';
import type { Scope } from '../scope/scope.ts';

const spawnTraces = new WeakMap<Scope, Error>();

/** Remembers the line of the user's code that runs now as the one that spawned `task`. */
export function rememberSpawn(task: Scope): void {
  spawnTraces.set(task, trace());
}

/** Where the task was spawned, when that was remembered. */
export function spawnLine(scope: Scope): string | undefined {
  const found = spawnTraces.get(scope);
  return found === undefined ? undefined : lineOf(found);
}

/** The first line of the user's own code in a trace, as `file:line:column`. */
export function lineOf(error: Error): string | undefined {
  const frame = userFrame(error.stack ?? '');
  return frame?.replace(/^at (?:async )?(?:.* \((.*)\)|(.*))$/, (_, inside: string, bare: string) => inside ?? bare);
}
