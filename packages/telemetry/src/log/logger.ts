import type { Duration } from '@sluice/core';
import type { LogFields } from '../fields/ambient-fields.ts';
import type { LogLevel } from './levels.ts';

/**
 * Writes lines. A call formats the line and puts it into the buffer, in a few microseconds; it never waits and never throws, whatever
 * state the destination is in. Nothing here is a checkpoint: it works in cancelled scopes, too.
 *
 * A line carries, the later one winning: the logger's own fields, those bound with {@link withLogFields}, and those of the call. An
 * `Error` in the place of the fields becomes the field `error`.
 */
export interface Logger {
  trace(message: string, fields?: LogFields | Error): void;
  debug(message: string, fields?: LogFields | Error): void;
  info(message: string, fields?: LogFields | Error): void;
  warn(message: string, fields?: LogFields | Error): void;
  error(message: string, fields?: LogFields | Error): void;
  /** For the last words of a program: it is written at once, ahead of the 10 ms in which lines gather. */
  fatal(message: string, fields?: LogFields | Error): void;

  /** A logger of the same destination whose lines carry these fields, too. It is cheap, and needs no closing. */
  child(fields: LogFields): Logger;

  /** Whether lines of this level are written: ask before collecting fields that are dear. */
  isEnabled(level: LogLevel): boolean;
}

/** Where the lines of a logger are. Every line that was logged is in exactly one of the three. */
export interface LogStatistics {
  /** Lines that the destination took, among them the lines that tell of dropped ones. */
  readonly written: number;
  /** Lines that were given up: the buffer was full, the destination gone, or the logger closed. */
  readonly dropped: number;
  /** Lines that wait. */
  readonly buffered: number;
}

/** The logger that owns the destination. */
export interface RootLogger extends Logger, AsyncDisposable {
  /**
   * Resolves when everything that was logged before is written, or given up, or when `flushTimeout` has passed with the destination
   * blocked. Never rejects; `statistics().buffered` tells what still waits.
   */
  flush(): Promise<void>;

  /**
   * Blocks the event loop until everything is written, at most for `timeout` (default: `flushTimeout`). For the moment before the process
   * is killed; at an ordinary exit, `process.exit()` and uncaught errors included, it is done without being asked for.
   *
   * @throws InvalidDurationError
   */
  flushSync(timeout?: Duration): void;

  /**
   * Opens the path anew, after it was moved away (log rotation), or after a full disk got room. Resolves when it was tried, at most after
   * `flushTimeout`; never rejects. Standard output and error stay what they are.
   */
  reopen(): Promise<void>;

  /** Flushes, then ends the thread. Later lines are dropped and counted. Never rejects; takes at most twice `flushTimeout`. */
  close(): Promise<void>;

  statistics(): LogStatistics;
}
