import { scopeHere } from '../scope/current.ts';
import type { Scope } from '../scope/scope.ts';

/**
 * What the context variables of a task hold. Never changed in place: a spawned task shares its spawner's values until one of the two sets
 * a variable, so inheriting costs O(1). A task carries its own in a field; what runs outside every task has one set of values for each root.
 */
export type ContextValues = ReadonlyMap<object | symbol, unknown>;

/** Who carries values: a task. */
export interface Carrier extends Scope {
  contextValues: ContextValues | null;
}

const outsideTasks = new WeakMap<Scope, ContextValues>();
let isUsed = false;

/** The values that the caller sees; null while no variable was ever set. */
export function valuesHere(): ContextValues | null {
  if (!isUsed) return null;
  const scope = scopeHere();
  if (scope.owner !== null) return (scope.owner as Carrier).contextValues;
  return outsideTasks.get(rootOf(scope)) ?? null;
}

/** Replaces the values that the caller sees. */
export function replaceValues(values: ContextValues | null): void {
  const scope = scopeHere();
  if (values !== null) isUsed = true;
  if (scope.owner !== null) (scope.owner as Carrier).contextValues = values;
  else if (values === null) outsideTasks.delete(rootOf(scope));
  else outsideTasks.set(rootOf(scope), values);
}

/** Lets a new root begin with what its maker sees. */
export function inheritValues(root: Scope): void {
  const values = valuesHere();
  if (values !== null) outsideTasks.set(root, values);
}

/** The scope at the top of the tree that `scope` is in. */
export function rootOf(scope: Scope): Scope {
  let root = scope;
  while (root.parent !== null) root = root.parent;
  return root;
}
