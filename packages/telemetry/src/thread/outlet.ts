import { closeSync, statSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { Batch } from './batch.ts';
import { openTarget } from './open-target.ts';
import { reportTrouble } from './report-trouble.ts';
import type { Target } from './setup.ts';

/** How it stands with a destination: lines get out, none does at the moment, or none ever will. */
export type OutletState = 'open' | 'blocked' | 'gone';

const FULL_PIPE_WAIT = { first: 1, last: 32 };
const TROUBLE_WAIT = { first: 50, last: 1000 };

/** The destination, whatever state it is in. Nothing here throws or waits: trouble is reported once a kind, on standard error. */
export class Outlet {
  readonly #target: Target;
  readonly #reported = new Set<string>();
  #descriptor: number | undefined;
  #isGone = false;
  #retryMs = 0;

  constructor(target: Target) {
    this.#target = target;
  }

  /** How long to wait before the next try, in milliseconds, after one that found it blocked. */
  get retryMs(): number {
    return this.#retryMs;
  }

  get isTerminal(): boolean {
    return this.#descriptor !== undefined && isatty(this.#descriptor);
  }

  /** Opens the destination if it is not open. */
  prepare(): OutletState {
    if (this.#isGone) return 'gone';
    if (this.#descriptor !== undefined) return 'open';
    try {
      this.#descriptor = openTarget(this.#target);
      return 'open';
    } catch (error) {
      if ('descriptor' in this.#target) return this.#give(error);
      if (!this.#isUnreadFifo(error)) this.#report(error);
      return this.#wait(TROUBLE_WAIT);
    }
  }

  /** Writes what it can of the batch now. */
  write(batch: Batch): OutletState {
    try {
      const written = writeSync(this.#descriptor!, batch.bytes, batch.offset);
      batch.offset += written;
      if (written > 0) this.#retryMs = 0;
      return 'open';
    } catch (error) {
      return this.#afterFailure(error, batch);
    }
  }

  /** Closes the destination, so that the next writing opens it anew: the file that has the path by then. */
  close(): void {
    this.#retryMs = 0;
    if (this.#descriptor === undefined || 'descriptor' in this.#target) return;
    try {
      closeSync(this.#descriptor);
    } catch (error) {
      // Some file systems (NFS) only say here that they could not keep what they took.
      this.#report(error);
    }
    this.#descriptor = undefined;
  }

  #afterFailure(error: unknown, batch: Batch): OutletState {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EAGAIN') return this.#wait(FULL_PIPE_WAIT);
    const isShortOfSpace = code === 'ENOSPC' || code === 'EDQUOT';
    if ('descriptor' in this.#target && !isShortOfSpace) return this.#give(error);
    if (code === 'EPIPE') {
      // The reader of a FIFO went; the next one has not seen the beginning of the line.
      this.close();
      batch.rewind();
    } else {
      this.#report(error);
    }
    return this.#wait(TROUBLE_WAIT);
  }

  #wait({ first, last }: { readonly first: number; readonly last: number }): OutletState {
    this.#retryMs = Math.min(last, Math.max(first, this.#retryMs * 2));
    return 'blocked';
  }

  #give(error: unknown): OutletState {
    this.#isGone = true;
    this.#report(error);
    return 'gone';
  }

  #isUnreadFifo(error: unknown): boolean {
    const { code } = error as NodeJS.ErrnoException;
    return (
      code === 'ENXIO' &&
      'path' in this.#target &&
      statSync(this.#target.path, { throwIfNoEntry: false })?.isFIFO() === true
    );
  }

  #report(error: unknown): void {
    const { code = 'UNKNOWN' } = error as NodeJS.ErrnoException;
    if (this.#reported.has(code)) return;
    this.#reported.add(code);
    reportTrouble(this.#target, error as Error, this.#isGone);
  }
}
