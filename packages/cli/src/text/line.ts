import type { Paint, Style } from './paint.ts';
import { clip, textWidth } from './width.ts';

/** A piece of a line in one style. Its text has been through `printable` when it came from outside. */
export interface Span {
  readonly text: string;
  readonly style: Style;
}

/** A line of a screen, laid out before it is painted, so that its width is known. */
export type Line = readonly Span[];

/** A piece of a line. */
export function span(text: string, style: Style = 'plain'): Span {
  return { text, style };
}

/** How many columns a line takes. */
export function lineWidth(line: Line): number {
  return line.reduce((width, piece) => width + textWidth(piece.text), 0);
}

/** The line as text of at most `width` columns. */
export function renderLine(line: Line, width: number, paint: Paint): string {
  let rest = width;
  let text = '';
  for (const piece of line) {
    if (rest <= 0) break;
    const clipped = clip(piece.text, rest);
    rest -= textWidth(clipped);
    text += paint(clipped, piece.style);
  }
  return text;
}

/**
 * `left` and `right` at the two ends of a line of `width` columns; where both do not fit, `right` goes and `left` is
 * cut.
 */
export function justify(left: Line, right: Line, width: number): Line {
  const gap = width - lineWidth(left) - lineWidth(right);
  return gap >= 2 ? [...left, span(' '.repeat(gap)), ...right] : left;
}

/**
 * Puts pieces one after the other with `gap` columns between them, and goes on in a new line where the next does not
 * fit.
 */
export function flow(pieces: readonly Line[], width: number, gap: number = 3): Line[] {
  const lines: Span[][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const piece of pieces) {
    const wide = lineWidth(piece);
    const current = lines.at(-1);
    if (current !== undefined && used + gap + wide <= width) {
      current.push(span(' '.repeat(gap)), ...piece);
      used += gap + wide;
    } else {
      lines.push([...piece]);
      used = wide;
    }
  }
  return lines;
}
