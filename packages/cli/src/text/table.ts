import { type Line, type Span, span } from './line.ts';
import type { Style } from './paint.ts';
import { clip, clipMiddle, pad, textWidth } from './width.ts';

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** Numbers stand at the right. Default `left`. */
  readonly align?: 'left' | 'right';
  /** Gives way when the table is too wide; of several the widest first. `middle` keeps both ends of what is cut. */
  readonly shrink?: 'end' | 'middle';
}

/** A cell: its text, printable, or with a style. */
export type Cell = string | Span;

const GAP = 2;
const MIN_SHRUNK = 8;

/**
 * A table without borders, at most `width` columns of the terminal wide when its shrinking columns allow it: a faint
 * line of titles, then the rows.
 */
export function layTable(columns: readonly Column[], rows: readonly (readonly Cell[])[], width: number): Line[] {
  const widths = columnWidths(columns, rows, width);
  const lay = (cells: readonly Cell[], style: Style): Line =>
    columns.flatMap((column, index) => {
      const cell = cells[index] ?? '';
      const text = typeof cell === 'string' ? cell : cell.text;
      const wide = widths[index]!;
      const cut = column.shrink === 'middle' ? clipMiddle(text, wide) : clip(text, wide);
      const isLast = index === columns.length - 1;
      if (isLast && cut === '') return [];
      const isLastLeft = isLast && column.align !== 'right';
      const placed = span(
        isLastLeft ? cut : pad(cut, wide, column.align),
        typeof cell === 'string' ? style : cell.style,
      );
      return index === 0 ? [placed] : [span(' '.repeat(GAP)), placed];
    });
  return [
    lay(
      columns.map((column) => column.title),
      'faint',
    ),
    ...rows.map((row) => lay(row, 'plain')),
  ];
}

function columnWidths(columns: readonly Column[], rows: readonly (readonly Cell[])[], width: number): number[] {
  const widths = columns.map((column) => textWidth(column.title));
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      widths[index] = Math.max(widths[index] ?? 0, textWidth(typeof cell === 'string' ? cell : cell.text));
    }
  }
  let excess = widths.reduce((sum, wide) => sum + wide, 0) + GAP * (columns.length - 1) - width;
  while (excess > 0) {
    let widest = -1;
    for (const [index, column] of columns.entries()) {
      const floor = Math.max(MIN_SHRUNK, textWidth(column.title));
      if (column.shrink === undefined || widths[index]! <= floor) continue;
      if (widest === -1 || widths[index]! > widths[widest]!) widest = index;
    }
    if (widest === -1) break;
    widths[widest]! -= 1;
    excess -= 1;
  }
  return widths;
}
