import type { TaskTree } from '@sluice/core';
import { formatCount } from '../text/numbers.ts';
import { printable } from '../text/printable.ts';

/** A line of the tree. */
export interface TreeRow {
  /** The branches before the name. */
  readonly branches: string;
  readonly name: string;
  /** `more` stands for nodes that are left out. */
  readonly kind: TaskTree['kind'] | 'more';
  readonly state: TaskTree['state'];
  readonly sinceMs: number;
  readonly waits: string;
}

/** How the branches are drawn: to a child, to the last child, past the children of one that is not the last, below the last. */
type Branches = readonly [child: string, last: string, past: string, below: string];
const BRANCHES: Branches = ['├─ ', '└─ ', '│  ', '   '];
const NARROW_BRANCHES: Branches = ['├ ', '└ ', '│ ', '  '];

/** Of more than this many alike under one parent … */
const MANY = 10;
/** … so many are shown. */
const SHOWN = 5;

/**
 * The tree as lines, from its first level on. Of many neighbours that are in the same state, wait for the same and have the same below them only the first are shown,
 * whatever they are called, unless `all` are wanted: a program with thousands of tasks does a few different things at once.
 */
export function treeRows(
  tree: TaskTree,
  options: { readonly all?: boolean; readonly isNarrow?: boolean } = {},
): TreeRow[] {
  const rows = new Rows(options.isNarrow === true ? NARROW_BRANCHES : BRANCHES, options.all === true);
  rows.addChildren(tree.children, '');
  return rows.rows;
}

class Rows {
  readonly rows: TreeRow[] = [];
  readonly #branches: Branches;
  readonly #all: boolean;
  readonly #shapes = new Shapes();

  constructor(branches: Branches, all: boolean) {
    this.#branches = branches;
    this.#all = all;
  }

  addChildren(children: readonly TaskTree[], before: string): void {
    const [child, last, past, below] = this.#branches;
    for (let index = 0; index < children.length; ) {
      const end = this.#all ? children.length : this.#endOfAlike(children, index);
      const shown = !this.#all && end - index > MANY ? index + SHOWN : end;
      for (; index < shown; index++) {
        const isLast = index === children.length - 1;
        this.#addNode(children[index]!, before + (isLast ? last : child), before + (isLast ? below : past));
      }
      if (index < end) {
        this.rows.push(moreRow(children.slice(index, end), before + (end === children.length ? last : child)));
      }
      index = end;
    }
  }

  /** Where the neighbours end that are like the one at `begin`. */
  #endOfAlike(children: readonly TaskTree[], begin: number): number {
    const shape = this.#shapes.of(children[begin]!);
    let end = begin + 1;
    while (end < children.length && this.#shapes.of(children[end]!) === shape) end++;
    return end;
  }

  #addNode(node: TaskTree, branches: string, below: string): void {
    const spawned = node.spawnedAt === undefined ? '' : ` (spawned at ${node.spawnedAt})`;
    this.rows.push({
      branches,
      name: printable(nameOf(node)),
      kind: node.kind,
      state: node.state,
      sinceMs: node.sinceMs,
      waits: printable(node.waitsOn.join(', ') + spawned),
    });
    this.addChildren(node.children, below);
  }
}

function moreRow(hidden: readonly TaskTree[], branches: string): TreeRow {
  const last = hidden.at(-1)!;
  return {
    branches,
    name: printable(`… ${formatCount(hidden.length)} more like these, to ${nameOf(last)}`),
    kind: 'more',
    state: last.state,
    sinceMs: hidden.reduce((longest, node) => Math.max(longest, node.sinceMs), 0),
    waits: printable(last.waitsOn.join(', ')),
  };
}

/** A task is called by its name, and so is what has no name of its own. */
function nameOf({ kind, name }: TaskTree): string {
  return kind === 'group' && name !== 'group' ? `group ${name}` : name;
}

/** Numbers the shapes of nodes: what makes them alike is everything but names and times. Each node is looked at once, however deep it lies. */
class Shapes {
  readonly #numbers = new Map<string, number>();
  readonly #known = new Map<TaskTree, number>();

  of(node: TaskTree): number {
    let number = this.#known.get(node);
    if (number !== undefined) return number;
    const waits = node.waitsOn.map((wait) => wait.replace(/'.*'|\+.*/, ''));
    const below = node.children.map((child) => this.of(child));
    const shape = JSON.stringify([node.kind, node.state, node.spawnedAt, waits, below]);
    number = this.#numbers.get(shape) ?? this.#numbers.size;
    this.#numbers.set(shape, number);
    this.#known.set(node, number);
    return number;
  }
}
