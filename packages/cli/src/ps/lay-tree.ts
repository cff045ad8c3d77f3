import { formatDuration, type TaskTree } from '@sluice/core';
import { type Line, type Span, span } from '../text/line.ts';
import { formatCount, plural } from '../text/numbers.ts';
import type { Style } from '../text/paint.ts';
import { clip, clipMiddle, pad, textWidth } from '../text/width.ts';
import { type TreeRow, treeRows } from './tree-rows.ts';

/** Where nothing is cut, one long name must not push all the others' columns away. */
const WIDEST_NAME = 60;
/** Narrower than this there is no column of states: only one that is not `waiting` is said, before what is waited for. */
const WIDE_ENOUGH = 80;
const MIN_NAME = 8;
/** What a wait is not cut below, as long as names are longer. */
const MIN_WAIT = 18;
const GAP = '  ';
/** From when on a wait that no cancel can reach is worth a look. */
const LONG_MS = 1000;

const STATE_STYLES: Readonly<Record<TaskTree['state'], Style>> = {
  pending: 'accent',
  running: 'good',
  waiting: 'faint',
  cancelling: 'warn',
};

/** The tree of a process: a line that sums it up, then a line a node with its name, state, since when, and what it waits for; at most `width` columns wide. */
export function layTree(pid: number, tree: TaskTree, width: number, all: boolean): Line[] {
  const hasStates = width >= WIDE_ENOUGH;
  const rows = treeRows(tree, { all, isNarrow: !hasStates });
  const sinceWidth = widest(rows, (row) => formatDuration(row.sinceMs));
  const stateWidth = hasStates ? widest(rows, (row) => row.state) + GAP.length : 0;
  const waitsWidth = widest(rows, (row) => waitsOf(row, hasStates));
  const rest = width - stateWidth - sinceWidth - 2 * GAP.length;
  const nameWidth = Math.min(
    widest(rows, (row) => row.branches + row.name),
    width === Number.POSITIVE_INFINITY ? WIDEST_NAME : Number.POSITIVE_INFINITY,
    Math.max(MIN_NAME, rest - Math.min(waitsWidth, Math.max(MIN_WAIT, Math.floor(rest / 3)))),
  );
  return [
    summary(pid, tree),
    ...rows.map((row) => [
      ...layName(row, nameWidth, width !== Number.POSITIVE_INFINITY),
      span(GAP),
      ...(hasStates ? [span(pad(row.state, stateWidth), STATE_STYLES[row.state])] : []),
      span(pad(formatDuration(row.sinceMs), sinceWidth, 'right'), 'faint'),
      ...layWaits(row, hasStates, rest - nameWidth),
    ]),
  ];
}

function widest(rows: readonly TreeRow[], text: (row: TreeRow) => string): number {
  return rows.reduce((width, row) => Math.max(width, textWidth(text(row))), 0);
}

function summary(pid: number, tree: TaskTree): Line {
  const counts = { pending: 0, running: 0, waiting: 0, cancelling: 0 };
  const stack = [...tree.children];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.kind === 'task') counts[node.state]++;
    for (const child of node.children) stack.push(child);
  }
  const tasks = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const states = Object.entries(counts).flatMap(([state, count]) =>
    count > 0 ? [`${formatCount(count)} ${state}`] : [],
  );
  return [
    span(`process ${pid}`, 'strong'),
    span(`: ${plural(tasks, 'task')}${states.length > 1 ? ` (${states.join(', ')})` : ''}`),
  ];
}

/** The branches stay as long as they leave room for a name; both are cut where they do not. */
function layName(row: TreeRow, width: number, isCut: boolean): Span[] {
  if (!isCut) {
    const { branches, name } = row;
    return [
      span(branches, 'faint'),
      span(pad(name, width - textWidth(branches)), row.kind === 'task' ? 'plain' : 'faint'),
    ];
  }
  const branches = clip(row.branches, Math.max(0, width - Math.min(MIN_NAME, textWidth(row.name))));
  const room = width - textWidth(branches);
  const name = pad(row.kind === 'task' ? clipMiddle(row.name, room) : clip(row.name, room), room);
  return [span(branches, 'faint'), span(name, row.kind === 'task' ? 'plain' : 'faint')];
}

function waitsOf({ state, waits }: TreeRow, hasStates: boolean): string {
  if (hasStates || state === 'waiting') return waits;
  return waits === '' ? state : `${state}, ${waits}`;
}

function layWaits(row: TreeRow, hasStates: boolean, width: number): Span[] {
  const text = clip(waitsOf(row, hasStates), width);
  if (text === '') return [];
  const isHeldUp = row.waits.startsWith('foreign await') && row.sinceMs >= LONG_MS;
  const style =
    isHeldUp || (!hasStates && row.state === 'cancelling') ? 'warn' : row.kind === 'more' ? 'faint' : 'plain';
  return [span(GAP), span(text, style)];
}
