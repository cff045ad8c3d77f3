import { type ColourEnvironment, type Paint, painter, type Style, wantsColour } from './paint.ts';
import { isErrorShape, prettyError } from './pretty-error.ts';
import { printable, printableLines } from './printable.ts';

/** Where the lines are going to be read. */
export interface PrettyOptions {
  /** A terminal shows the time of day; a file the date, too. */
  readonly isTerminal: boolean;
  readonly environment: ColourEnvironment;
}

const LABELS: Readonly<Record<string, readonly [label: string, style: Style]>> = {
  trace: ['TRACE', 'dim'],
  debug: ['DEBUG', 'blue'],
  info: ['INFO ', 'green'],
  warn: ['WARN ', 'yellow'],
  error: ['ERROR', 'red'],
  fatal: ['FATAL', 'alarm'],
};

/** Values that are read as one word without quotes. */
const BARE = /^[\w./:@%+~*?&=#[\]-]+$/;

const INDENT = '    ';

/**
 * A function that makes of a JSON line what a person reads: `14:03:07.120 INFO  fetched  status=200 ms=12`, further lines of the message
 * and errors with their causes indented below. Control characters are shown, not sent.
 */
export function prettyFormat({ isTerminal, environment }: PrettyOptions): (line: string) => string {
  const paint = painter(wantsColour(isTerminal, environment));
  return (line) => {
    const { time, level, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
    const [label, style] = LABELS[String(level)]!;
    const [headline = '', ...more] = printableLines(String(msg));
    const below = more.map((text) => INDENT + text);
    let first = `${paint('dim', clock(Number(time), isTerminal))} ${paint(style, label)} ${paint('bold', headline)}`;
    let separator = '  ';
    for (const [key, value] of Object.entries(fields)) {
      if (isErrorShape(value)) {
        below.push(...prettyError(value, paint, INDENT, key));
        continue;
      }
      first += separator + pair(key, value, paint);
      separator = ' ';
    }
    return `${[first, ...below].join('\n')}\n`;
  };
}

function pair(key: string, value: unknown, paint: Paint): string {
  const text = typeof value === 'string' && BARE.test(value) ? value : JSON.stringify(value);
  return `${paint('cyan', `${printable(key)}=`)}${printable(text)}`;
}

function clock(time: number, isTerminal: boolean): string {
  const at = new Date(time);
  const ofDay = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`;
  return isTerminal ? ofDay : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${ofDay}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
