import type { Progress } from '@sluice/engine';
import { type OutputStream, writeLine } from '../host.ts';
import { type Line, renderLine, span } from '../text/line.ts';
import { formatCount, formatShare } from '../text/numbers.ts';
import type { Paint } from '../text/paint.ts';
import { printable } from '../text/printable.ts';
import { classes, speed } from './frame.ts';
import type { RunView } from './panel.ts';

const EVERY_MS = 10_000;
/** While a run is stopped its countdown is worth more lines. */
const DRAINING_EVERY_MS = 2000;
/** How soon a wish to stop shows, and that the run has to wait. */
const LOOK_MS = 200;

/** A run in one line: for logs, and for terminals that cannot be drawn on. */
export function layStatus(progress: Progress): Line {
  const { settled, total } = progress;
  const share = total === null ? '' : `/${formatCount(total)} (${formatShare(settled, total)})`;
  const line = [span(`${formatCount(settled)}${share}`)];
  for (const piece of [...speed(progress), ...classes(progress)]) line.push(span('  '), ...piece);
  if (progress.phase === 'draining') {
    line.push(span(`  stopping, ${Math.ceil((progress.drainLeftMs ?? 0) / 1000)} s left`, 'warn'));
  }
  if (progress.stall !== null) line.push(span(`  waiting: ${printable(progress.stall)}`, 'bad'));
  return line;
}

/** What the repeated views need. */
export interface ReportingOptions {
  readonly stream: OutputStream;
  readonly progress: () => Progress;
  /** Default 10 s; less while the run is stopped. */
  readonly everyMs?: number;
}

/** Writes a line about the run every ten seconds, and every two while it is stopped. */
export function startStatusLines(options: ReportingOptions & { readonly paint: Paint }): RunView {
  return startReporting(options, (progress) =>
    renderLine(layStatus(progress), Number.POSITIVE_INFINITY, options.paint),
  );
}

/** Writes the run's counters as a line of JSON every ten seconds, and every two while it is stopped. */
export function startJsonLines(options: ReportingOptions): RunView {
  return startReporting(options, (progress) => JSON.stringify({ event: 'progress', ...progress }));
}

function startReporting(options: ReportingOptions, format: (progress: Progress) => string): RunView {
  const { stream, progress, everyMs = EVERY_MS } = options;
  let last = performance.now();
  let phase: Progress['phase'] = 'running';
  let stall: string | null = null;
  const timer = setInterval(
    () => {
      const current = progress();
      const pause = current.phase === 'draining' ? Math.min(DRAINING_EVERY_MS, everyMs) : everyMs;
      const isNew = current.phase !== phase || current.stall !== stall;
      if (!isNew && performance.now() - last < pause) return;
      phase = current.phase;
      stall = current.stall;
      last = performance.now();
      writeLine(stream, format(current));
    },
    Math.min(LOOK_MS, everyMs),
  );
  return { close: () => clearInterval(timer) };
}
