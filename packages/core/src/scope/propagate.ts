import type { Scope } from './scope.ts';

/**
 * Brings `by` up to date in `top` and below it, after a cancel or a change of a shield, and then delivers to the nodes where a cancellation
 * began to hold. First all flags, then all deliveries: what a delivery calls (abort listeners, `onCancel`) sees the whole tree in its new state.
 * Walks without recursion, so depth is no limit.
 */
export function propagate(top: Scope): void {
  const reached: Scope[] = [];
  let node: Scope = top;
  walk: for (;;) {
    if (update(node, reached) && node.firstChild !== null) {
      node = node.firstChild;
      continue;
    }
    for (;;) {
      if (node === top) break walk;
      if (node.nextSibling !== null) {
        node = node.nextSibling;
        continue walk;
      }
      node = node.parent!;
    }
  }
  for (const scope of reached) if (scope.by !== null && !scope.closed) scope.deliver();
}

/** True when the change concerns the children too. */
function update(scope: Scope, reached: Scope[]): boolean {
  const outer = scope.shield || scope.parent === null ? null : scope.parent.by;
  const held = scope.by;
  // Cancelled before and still so: the first reason stays, unless a shield now keeps it out.
  if (held === scope || (held !== null && outer !== null)) return false;
  scope.by = scope.own === null ? outer : scope;
  if (scope.by === held) return false;
  if (held === null) reached.push(scope);
  return true;
}
