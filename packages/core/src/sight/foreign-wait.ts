import type { Scope } from '../scope/scope.ts';

/**
 * Whether the code of `scope` waits for something that is not ours (or runs right now): it has no wait of ours, waits for no child, and no scope of
 * the same task is open inside it. A cancel cannot reach such a wait.
 */
export function isInForeignWait(scope: Scope): boolean {
  if (scope.beganAt < 0 || scope.firstWaiter !== null || scope.onChildless !== null) return false;
  for (let child = scope.firstChild; child !== null; child = child.nextSibling) {
    if (child.owner === scope.owner) return false;
  }
  return true;
}
