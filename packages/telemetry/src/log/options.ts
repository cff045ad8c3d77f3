import { resolve } from 'node:path';
import { type Duration, parseDuration, UsageError } from '@sluice/core';
import type { LogFields } from '../fields/ambient-fields.ts';
import type { LogFormat, Target } from '../thread/setup.ts';
import { LEVEL_NUMBERS, type LogLevel } from './levels.ts';

/** How a logger is made. */
export interface LoggerOptions {
  /** Lines below this level cost nothing. Default: `'info'`. */
  readonly level?: LogLevel | 'silent';
  /** `'stderr'` (the default), `'stdout'`, or a path: lines are appended, the file is created. A FIFO may have no reader yet. */
  readonly destination?: 'stderr' | 'stdout' | (string & {});
  /** `'pretty'` for people, `'json'` for programs; `'auto'` (the default) is pretty on a terminal and JSON elsewhere. */
  readonly format?: LogFormat;
  /**
   * Paths of further fields to redact, besides those whose names tell (see the README): `'user.email'`, `'*.ssn'`, `'rows[*].iban'`.
   */
  readonly redact?: readonly string[];
  /** Fields of every line. Default: none. */
  readonly base?: LogFields;
  /**
   * Bytes that may wait for the destination, 16 KiB to 1 GiB. Default: 16 MiB, which is some 100,000 lines, and the most memory that this
   * logger takes however long the destination is blocked. Lines beyond it are dropped, counted, and told of in the log.
   */
  readonly maxBuffered?: number;
  /** The longest that `flush`, `close` and the end of the process wait for a blocked destination. Default: `'2s'`. */
  readonly flushTimeout?: Duration;
  /**
   * Call `reopen()` at SIGHUP, for log rotation. Default: false, because a process that listens to SIGHUP is no longer ended by it when its
   * terminal is closed.
   */
  readonly reopenOnSighup?: boolean;
}

/** The options, checked and in their inner form. */
export interface LoggerSettings {
  readonly level: LogLevel | 'silent';
  readonly target: Target;
  readonly format: LogFormat;
  readonly redact: readonly string[];
  readonly base: LogFields;
  readonly maxBuffered: number;
  readonly flushTimeoutMs: number;
  readonly reopenOnSighup: boolean;
}

const FORMATS: readonly LogFormat[] = ['auto', 'pretty', 'json'];
const MIN_BUFFERED = 16_384;
const MAX_BUFFERED = 1_073_741_824;
const DEFAULT_BUFFERED = 16_777_216;

/** What `setTimeout` can do: some 24 days. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** @throws UsageError (or InvalidDurationError) for values that are none of those described. */
export function readOptions(options: LoggerOptions): LoggerSettings {
  const { level = 'info', destination = 'stderr', format = 'auto', maxBuffered = DEFAULT_BUFFERED } = options;
  if (!Object.hasOwn(LEVEL_NUMBERS, level)) {
    throw new UsageError(`'${level}' is no log level: use one of ${Object.keys(LEVEL_NUMBERS).join(', ')}`);
  }
  if (!FORMATS.includes(format)) {
    throw new UsageError(`'${format}' is no log format: use one of ${FORMATS.join(', ')}`);
  }
  if (!Number.isInteger(maxBuffered) || maxBuffered < MIN_BUFFERED || maxBuffered > MAX_BUFFERED) {
    throw new UsageError(
      `maxBuffered must be a whole number of bytes from ${MIN_BUFFERED} to ${MAX_BUFFERED}, not ${maxBuffered}`,
    );
  }
  return {
    level,
    target: readTarget(destination),
    format,
    redact: options.redact ?? [],
    base: options.base ?? {},
    maxBuffered,
    flushTimeoutMs: readTimeout(options.flushTimeout ?? '2s'),
    reopenOnSighup: options.reopenOnSighup ?? false,
  };
}

/** A timeout in milliseconds that timers can take. */
export function readTimeout(timeout: Duration): number {
  return Math.min(parseDuration(timeout), MAX_TIMER_MS);
}

function readTarget(destination: string): Target {
  if (destination === 'stdout') return { descriptor: 1 };
  if (destination === 'stderr') return { descriptor: 2 };
  if (typeof destination === 'string' && destination !== '' && !destination.includes('\0')) {
    return { path: resolve(destination) };
  }
  throw new UsageError(`a log's destination is 'stderr', 'stdout' or a path, not ${JSON.stringify(destination)}`);
}
