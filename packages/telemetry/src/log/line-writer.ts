import { Worker } from 'node:worker_threads';
import { RingWriter } from '../ring/ring-writer.ts';
import { COUNTER, createSharedRing, type SharedRing } from '../ring/shared-ring.ts';
import type { ThreadSetup } from '../thread/setup.ts';
import type { LogStatistics } from './logger.ts';
import type { LoggerSettings } from './options.ts';

/** After lines were dropped, none is taken before the buffer is this empty: one long gap is told of, not many short ones. */
const FILL_AFTER_GAP = 0.5;

interface Waiter {
  readonly isDone: () => boolean;
  readonly resolve: () => void;
}

/** The loop's side of the thread that writes: takes lines or drops them, counts them, and knows when they are out. */
export class LineWriter {
  readonly #shared: SharedRing;
  readonly #ring: RingWriter;
  readonly #worker: Worker;
  readonly #exited = Promise.withResolvers<void>();
  readonly #waiters = new Set<Waiter>();
  readonly #timeoutMs: number;
  #accepted = 0;
  #refused = 0;
  /** Lines that were dropped since the last one that was taken. */
  #gap = 0;
  #isClosed = false;
  #hasEnded = false;

  constructor(settings: LoggerSettings) {
    this.#timeoutMs = settings.flushTimeoutMs;
    this.#shared = createSharedRing(settings.maxBuffered);
    this.#ring = new RingWriter(this.#shared);
    const entry = new URL(
      import.meta.url.endsWith('.ts') ? '../thread/write-lines.ts' : '../thread/write-lines.js',
      import.meta.url,
    );
    this.#worker = new Worker(entry, {
      name: 'sluice log',
      workerData: { ring: this.#shared, target: settings.target, format: settings.format } satisfies ThreadSetup,
      // Otherwise the thread's own standard streams would be led to this process's, which changes how those can be written to.
      stdout: true,
      stderr: true,
      execArgv: entry.pathname.endsWith('.ts') ? ['--conditions=@sluice/source'] : [],
    });
    this.#worker.on('message', () => this.#progress());
    this.#worker.on('error', (error) => this.#ended(error));
    this.#worker.on('exit', () => this.#ended());
    // A program ends when its own work is done.
    this.#worker.unref();
  }

  write(line: string): void {
    if (this.#isClosed || this.#hasEnded) this.#refused += 1;
    else if (!this.#closeGap() || !this.#ring.write(line)) this.#drop();
    else this.#accepted += 1;
  }

  /** Has what was written so far go out now. */
  hurry(): void {
    this.#ring.wake();
  }

  flush(): Promise<void> {
    this.#closeGap();
    let target = this.#ring.head;
    let hasGap = this.#gap > 0;
    return this.#until(() => {
      if (hasGap && this.#gap === 0) {
        hasGap = false;
        target = this.#ring.head;
      }
      return !hasGap && this.#ring.hasDone(target);
    });
  }

  flushSync(timeoutMs: number = this.#timeoutMs): void {
    if (this.#hasEnded) return;
    const until = performance.now() + timeoutMs;
    // In a full buffer there is no room to tell of dropped lines: that goes out in a second round.
    for (let round = 1; round <= 2; round++) {
      this.#closeGap();
      if (!this.#ring.waitForTail(this.#ring.head, until - performance.now())) return;
    }
  }

  reopen(): Promise<void> {
    return this.#until(this.#ring.askReopen());
  }

  async close(): Promise<void> {
    await this.flush();
    this.#isClosed = true;
    this.#ring.askClose();
    const timer = setTimeout(() => {
      // It was not even started, or is inside a system call that waits in spite of everything.
      void this.#worker.terminate();
      this.#ended();
    }, this.#timeoutMs);
    await this.#exited.promise;
    clearTimeout(timer);
  }

  statistics(): LogStatistics {
    const written = Number(Atomics.load(this.#shared.counters, COUNTER.written));
    const lost = Number(Atomics.load(this.#shared.counters, COUNTER.lost));
    const rest = this.#accepted - written - lost;
    return this.#hasEnded
      ? { written, dropped: this.#refused + lost + rest, buffered: 0 }
      : { written, dropped: this.#refused + lost, buffered: rest };
  }

  #drop(): void {
    this.#refused += 1;
    this.#gap += 1;
    if (this.#gap === 1) this.#ring.watch(true);
  }

  /** Tells of the lines that were dropped once there is room again; true when there is nothing to tell. */
  #closeGap(): boolean {
    if (this.#gap === 0) return true;
    if (this.#isClosed || this.#hasEnded || this.#ring.fill > FILL_AFTER_GAP) return false;
    if (!this.#ring.write(gapLine(this.#gap))) return false;
    this.#accepted += 1;
    this.#gap = 0;
    return true;
  }

  /** Resolves when `isDone`, when the time is up, or when the thread has ended. */
  async #until(isDone: () => boolean): Promise<void> {
    // Watch first, then look: progress in between is not missed.
    this.#ring.watch(true);
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiter = { isDone, resolve };
    const timer = setTimeout(resolve, this.#timeoutMs);
    this.#waiters.add(waiter);
    this.#ring.wake();
    this.#progress();
    await promise;
    clearTimeout(timer);
    this.#waiters.delete(waiter);
  }

  #progress(): void {
    this.#closeGap();
    for (const { isDone, resolve } of this.#waiters) {
      if (this.#hasEnded || isDone()) resolve();
    }
    if (this.#waiters.size === 0 && this.#gap === 0) this.#ring.watch(false);
  }

  #ended(error?: Error): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    if (!this.#isClosed) {
      const cause = error === undefined ? '' : `: ${error.message}`;
      process.emitWarning(`the thread that writes the log ended${cause}; further lines are dropped and counted`, {
        type: 'SluiceWarning',
        code: 'SLUICE_LOG_THREAD',
      });
    }
    this.#progress();
    this.#exited.resolve();
  }
}

function gapLine(dropped: number): string {
  const lines = dropped === 1 ? '1 log line was' : `${dropped} log lines were`;
  const msg = `${lines} dropped here: the destination did not keep up`;
  return `${JSON.stringify({ level: 'warn', time: Date.now(), dropped, msg })}\n`;
}
