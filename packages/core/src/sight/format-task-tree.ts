import { formatDuration } from '../duration.ts';
import type { TaskTree } from './task-tree.ts';

interface Row {
  readonly label: string;
  readonly state: string;
  readonly since: string;
  readonly waits: string;
}

/**
 * A task tree as text, one line a node: name, state, how long, what it waits for. Control characters in names are shown, not sent to the terminal.
 *
 * @example
 * console.error(formatTaskTree(taskTree()));
 */
export function formatTaskTree(tree: TaskTree): string {
  const rows: Row[] = [];
  addRows(rows, tree, '', '');
  const labelWidth = Math.max(...rows.map((row) => row.label.length));
  const stateWidth = Math.max(...rows.map((row) => row.state.length));
  const sinceWidth = Math.max(...rows.map((row) => row.since.length));
  return rows
    .map(({ label, state, since, waits }) =>
      `${label.padEnd(labelWidth)}  ${state.padEnd(stateWidth)}  ${since.padStart(sinceWidth)}  ${waits}`.trimEnd(),
    )
    .join('\n');
}

function addRows(rows: Row[], node: TaskTree, own: string, below: string): void {
  const spawned = node.spawnedAt === undefined ? '' : ` (${printable(node.spawnedAt)})`;
  rows.push({
    label: own + titleOf(node),
    state: node.state,
    since: formatDuration(node.sinceMs),
    waits: printable(node.waitsOn.join(', ')) + spawned,
  });
  const last = node.children.length - 1;
  node.children.forEach((child, index) => {
    addRows(rows, child, `${below}${index === last ? '└─ ' : '├─ '}`, `${below}${index === last ? '   ' : '│  '}`);
  });
}

/** A task is called by its name, and so is what has no name of its own. */
function titleOf({ kind, name }: TaskTree): string {
  return kind === 'group' && name !== 'group' ? `group ${printable(name)}` : printable(name);
}

function printable(text: string): string {
  return text.replace(/\p{C}/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}
