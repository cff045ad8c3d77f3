import { rootOf } from '../context/values.ts';
import { ambientScope } from '../scope/ambient.ts';
import { outermost } from '../scope/current.ts';
import type { Scope } from '../scope/scope.ts';
import { Group } from '../task/group.ts';
import { runs } from '../task/runs.ts';
import { TaskNode } from '../task/task.ts';
import { isInForeignWait } from './foreign-wait.ts';
import { spawnLine } from './lines.ts';

/** One node of {@link taskTree}: plain data, fit for JSON. */
export interface TaskTree {
  readonly kind: 'process' | 'run' | 'task' | 'group' | 'scope';
  readonly name: string;
  /** `pending`: not begun · `running`: it asks for the tree · `waiting` · `cancelling`: was cancelled and has not ended. */
  readonly state: 'pending' | 'running' | 'waiting' | 'cancelling';
  /** How long ago it began, in milliseconds. */
  readonly sinceMs: number;
  /** What its code waits for, such as `Queue.get`, `sleep until +3s`, `task 'x'`, `children`, or `foreign await`: nothing of ours. */
  readonly waitsOn: readonly string[];
  /** The line that spawned it; known in debug mode. */
  readonly spawnedAt?: string;
  readonly children: readonly TaskTree[];
}

/**
 * The live tree: every task, group and scope, what it waits for and since when. Inside `run` the tree of that run, outside every run that of
 * all the process. A task that waits on `foreign await` for long cannot be cancelled meanwhile.
 *
 * @example
 * process.on('SIGUSR2', () => console.error(formatTaskTree(taskTree())));
 */
export function taskTree(): TaskTree {
  const here = ambientScope() ?? null;
  const root = here === null ? outermost : rootOf(here);
  if (root !== outermost) return runTree(root, here);
  const children = [...[...runs].map((run) => runTree(run, here)), ...childrenOf(outermost, here, 0)];
  return top('process', children);
}

function runTree(root: Scope, here: Scope | null): TaskTree {
  const children = childrenOf(root, here, 0);
  // The group around main is of no concern: main stands right below the run.
  return top(
    'run',
    children.flatMap((child) => (child.name === 'run' ? child.children : [child])),
  );
}

function top(kind: 'process' | 'run', children: readonly TaskTree[]): TaskTree {
  const sinceMs = children.reduce((longest, child) => Math.max(longest, child.sinceMs), 0);
  return { kind, name: kind, state: 'waiting', sinceMs, waitsOn: [], children };
}

/** Deeper than this nobody reads, and neither this walk nor JSON overflows the stack. */
const MAX_DEPTH = 500;

function childrenOf(scope: Scope, here: Scope | null, depth: number): TaskTree[] {
  const children: TaskTree[] = [];
  for (let child = scope.firstChild; child !== null; child = child.nextSibling) {
    children.push(describe(child, here, depth + 1));
  }
  // The newest child is first in the list.
  return children.reverse();
}

function describe(scope: Scope, here: Scope | null, depth: number): TaskTree {
  const children = depth < MAX_DEPTH ? childrenOf(scope, here, depth) : [];
  const spawnedAt = spawnLine(scope);
  return {
    kind: scope instanceof TaskNode ? 'task' : scope instanceof Group ? 'group' : 'scope',
    name: nameOf(scope),
    state: stateOf(scope, here),
    sinceMs: scope.beganAt < 0 ? 0 : Math.max(0, Math.trunc(scope.runtime.clock.now()) - scope.beganAt),
    waitsOn: scope === here ? [] : waitsOf(scope),
    ...(spawnedAt === undefined ? {} : { spawnedAt }),
    children,
  };
}

function nameOf(scope: Scope): string {
  if (scope instanceof TaskNode || scope instanceof Group) return scope.name;
  if (scope.shield) return 'shield';
  return scope.deadline === Number.POSITIVE_INFINITY ? 'cancelScope' : 'timeout';
}

function stateOf(scope: Scope, here: Scope | null): TaskTree['state'] {
  if (scope instanceof TaskNode && scope.state === 'pending') return 'pending';
  if (here !== null && (scope === here || scope === here.owner)) return 'running';
  return scope.by === null ? 'waiting' : 'cancelling';
}

function waitsOf(scope: Scope): string[] {
  const waits: string[] = [];
  for (let waiter = scope.firstWaiter; waiter !== null; waiter = waiter.scopeNext) waits.push(waiter.waitsOn);
  waits.reverse();
  if (scope.onChildless !== null) waits.push('children');
  if (isInForeignWait(scope)) waits.push('foreign await');
  return waits;
}
