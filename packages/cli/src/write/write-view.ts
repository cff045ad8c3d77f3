import { columnsOf, type Host, writeLine } from '../host.ts';
import { formatCount, formatRate, formatSeconds } from '../text/numbers.ts';

/** How a write stands. */
export interface WriteStanding {
  /** Rows that were handed to the database. */
  readonly read: number;
  readonly bad: number;
}

const REDRAW_MS = 200;
const LINE_MS = 10_000;

/** Shows how a write goes on: on a terminal in one line that is drawn anew, elsewhere a line every ten seconds. */
export function openWriteView(host: Host, quiet: boolean, standing: () => WriteStanding): Disposable {
  if (quiet) return { [Symbol.dispose]() {} };
  const { stderr } = host;
  const isTerminal = stderr.isTTY === true;
  const begunAt = performance.now();
  const text = (): string => {
    const { read, bad } = standing();
    const elapsedMs = performance.now() - begunAt;
    const rate = formatRate((read / Math.max(elapsedMs, 1)) * 1000);
    return `${formatCount(read)} rows  ${formatCount(bad)} bad  ${rate}  ${formatSeconds(elapsedMs)}`;
  };
  const timer = setInterval(
    () => {
      if (isTerminal) stderr.write(`\r\x1b[2K${text().slice(0, columnsOf(stderr) - 1)}`);
      else writeLine(stderr, text());
    },
    isTerminal ? REDRAW_MS : LINE_MS,
  );
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      if (isTerminal) stderr.write('\r\x1b[2K');
    },
  };
}
