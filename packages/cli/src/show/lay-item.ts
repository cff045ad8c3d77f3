import type { Row, SqlValue } from '@sluice/ledger';
import { classStyle } from '../panel/class-style.ts';
import { type Line, span } from '../text/line.ts';
import { formatBytes, formatMoment, formatMs, plural } from '../text/numbers.ts';
import { printable } from '../text/printable.ts';
import { layBody } from './lay-body.ts';

/** An item's row of the view `outcome`, and its rows of the view `attempt`. */
export interface ShownItem {
  readonly item: Row;
  readonly attempts: readonly Row[];
}

/** One item in full: what became of it, each attempt, the head and the beginning of the result. */
export function layItem({ item, attempts }: ShownItem, columns: number): Line[] {
  const outcomeClass = text(item.class);
  const lines: Line[] = [
    [span('item     ', 'faint'), span(printable(text(item.key)), 'strong')],
    [span('position ', 'faint'), span(item.position === null ? 'emitted by a step' : `line ${text(item.position)}`)],
    [span('host     ', 'faint'), span(printable(text(item.host)))],
    [
      span('state    ', 'faint'),
      span(text(item.state)),
      span(`  ${printable(outcomeClass)}`, classStyle(outcomeClass)),
    ],
  ];
  for (const attempt of attempts) lines.push([], ...layAttempt(attempt));
  return [...lines, ...layResult(item, columns)];
}

function layAttempt(attempt: Row): Line[] {
  const outcomeClass = text(attempt.class);
  const code = attempt.code === null ? '' : ` ${printable(text(attempt.code))}`;
  const phase = attempt.phase === null ? '' : `  in phase ${printable(text(attempt.phase))}`;
  const connection =
    attempt.address === null
      ? 'no connection'
      : `${printable(text(attempt.address))}${attempt.reused === 1 ? ' (reused)' : ''}`;
  const lines: Line[] = [
    [
      span(`attempt ${text(attempt.number)}`, 'strong'),
      span(`  ${printable(outcomeClass || 'not reported')}${code}`, classStyle(outcomeClass)),
      span(phase),
    ],
    ...(attempt.method === null
      ? []
      : [indented(`${printable(text(attempt.method))} ${printable(text(attempt.url))}`)]),
    indented(
      `${formatMoment(new Date(Number(attempt.started_at)))}, took ${formatMs(number(attempt.duration_ms))}, ${connection}`,
    ),
    indented(
      `${formatBytes(number(attempt.bytes_out))} sent in ${plural(number(attempt.requests), 'request')}, ${formatBytes(number(attempt.bytes_in))} received`,
    ),
  ];
  if (attempt.message !== null) lines.push(indented(printable(text(attempt.message), 1000)));
  return lines;
}

function layResult(item: Row, columns: number): Line[] {
  const lines: Line[] = [];
  if (item.status !== null) lines.push([], [span(`status ${text(item.status)}`, 'strong')]);
  for (const [name, value] of JSON.parse(text(item.headers) || '[]') as [string, string][]) {
    lines.push([span(`  ${printable(name)}: `, 'faint'), span(printable(value, 500))]);
  }
  if (item.body instanceof Uint8Array) lines.push([], ...layBody(item.body, item.charset as string | null, columns));
  if (item.value !== null) lines.push([], [span('value    ', 'faint'), span(printable(text(item.value), 1000))]);
  return lines;
}

function indented(content: string): Line {
  return [span(`  ${content}`)];
}

function text(value: SqlValue | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}

function number(value: SqlValue | undefined): number {
  return Number(value ?? 0);
}
