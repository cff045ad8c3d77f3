import { type Line, span } from '../text/line.ts';

/** A progress bar of `width` columns, exact to half a column; `share` is 0 to 1. */
export function progressBar(share: number, width: number): Line {
  const halves = Math.min(2 * width, Math.max(0, Math.floor(share * 2 * width)));
  const full = Math.floor(halves / 2);
  const hasHalf = halves % 2 === 1;
  return [
    span('━'.repeat(full) + (hasHalf ? '╸' : ''), 'good'),
    span('─'.repeat(Math.max(0, width - full - (hasHalf ? 1 : 0))), 'faint'),
  ];
}
