import type { Progress } from '@sluice/engine';
import { columnsOf, type OutputStream } from '../host.ts';
import { lineWidth, renderLine } from '../text/line.ts';
import type { Paint } from '../text/paint.ts';
import { layFrame, type RunTitle } from './frame.ts';

/** Shows a run while it goes on. */
export interface RunView {
  /** Takes the screen back; the last state stays or goes, as the view wants. Calling it again does no harm. */
  close(): void;
}

const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const CLEAR_BELOW = '\x1b[J';
const CLEAR_LINE_END = '\x1b[K';
/** Begin and end of a synchronized update: terminals that know it never show half a frame, the others ignore it. */
const BEGIN_UPDATE = '\x1b[?2026h';
const END_UPDATE = '\x1b[?2026l';
const FRAME_MS = 125;
const DEFAULT_ROWS = 24;

/** What a panel needs. */
export interface PanelOptions {
  readonly stream: OutputStream;
  readonly paint: Paint;
  readonly title: RunTitle;
  /** The run's counters now. */
  readonly progress: () => Progress;
}

/**
 * A panel that redraws itself in place, eight times a second, on a terminal. It never scrolls, hides the cursor, and
 * gives it back however the process ends (SIGKILL aside). After a suspend (Ctrl-Z) it draws itself anew.
 */
export class Panel implements RunView {
  readonly #options: PanelOptions;
  readonly #timer: NodeJS.Timeout;
  /** Widths of the lines that stand on the screen, from the first. */
  #drawn: readonly number[] = [];
  #isOpen = true;

  constructor(options: PanelOptions) {
    this.#options = options;
    options.stream.write(HIDE_CURSOR);
    process.on('exit', this.#restoreCursor);
    process.on('SIGTSTP', this.#suspend);
    process.on('SIGCONT', this.#resume);
    this.draw();
    this.#timer = setInterval(() => this.draw(), FRAME_MS);
  }

  /** Draws the present state over the last frame. */
  draw(): void {
    const { stream, paint, title, progress } = this.#options;
    // The last column stays free: terminals differ in what they do after writing into it.
    const columns = columnsOf(stream) - 1;
    const frame = layFrame(title, progress(), { columns, rows: stream.rows ?? DEFAULT_ROWS });
    const text = frame.map((line) => `${renderLine(line, columns, paint)}${CLEAR_LINE_END}\n`).join('');
    stream.write(BEGIN_UPDATE + this.#toTop() + text + CLEAR_BELOW + END_UPDATE);
    this.#drawn = frame.map((line) => Math.min(columns, lineWidth(line)));
  }

  /** Removes the panel from the screen: the summary takes its place. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    clearInterval(this.#timer);
    process.off('exit', this.#restoreCursor);
    process.off('SIGTSTP', this.#suspend);
    process.off('SIGCONT', this.#resume);
    this.#options.stream.write(this.#toTop() + CLEAR_BELOW + SHOW_CURSOR);
  }

  /** Terminals wrap lines anew when they get narrower, so a line may stand on several rows now. */
  #toTop(): string {
    const columns = this.#options.stream.columns ?? columnsOf(this.#options.stream);
    const rows = this.#drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    return rows === 0 ? '\r' : `\r\x1b[${rows}A`;
  }

  readonly #restoreCursor = (): void => {
    this.#options.stream.write(SHOW_CURSOR);
  };

  readonly #suspend = (): void => {
    this.#restoreCursor();
    process.kill(process.pid, 'SIGSTOP');
  };

  readonly #resume = (): void => {
    this.#drawn = [];
    this.#options.stream.write(HIDE_CURSOR);
    this.draw();
  };
}
