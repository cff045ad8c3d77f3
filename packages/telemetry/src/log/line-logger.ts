import type { LogFields } from '../fields/ambient-fields.ts';
import { BoundFields } from '../fields/bound-fields.ts';
import { LEVEL_NUMBERS, type LogLevel } from './levels.ts';
import type { LineFormat } from './line-format.ts';
import type { Logger } from './logger.ts';

/** A {@link Logger} with fields of its own, which it hands to `format` with every line. */
export class LineLogger implements Logger {
  readonly #format: LineFormat;
  readonly #threshold: number;
  readonly #bound: BoundFields;

  constructor(format: LineFormat, threshold: number, bound: BoundFields) {
    this.#format = format;
    this.#threshold = threshold;
    this.#bound = bound;
  }

  trace(message: string, fields?: LogFields | Error): void {
    if (this.#threshold <= LEVEL_NUMBERS.trace) this.#write('trace', message, fields);
  }

  debug(message: string, fields?: LogFields | Error): void {
    if (this.#threshold <= LEVEL_NUMBERS.debug) this.#write('debug', message, fields);
  }

  info(message: string, fields?: LogFields | Error): void {
    if (this.#threshold <= LEVEL_NUMBERS.info) this.#write('info', message, fields);
  }

  warn(message: string, fields?: LogFields | Error): void {
    if (this.#threshold <= LEVEL_NUMBERS.warn) this.#write('warn', message, fields);
  }

  error(message: string, fields?: LogFields | Error): void {
    if (this.#threshold <= LEVEL_NUMBERS.error) this.#write('error', message, fields);
  }

  fatal(message: string, fields?: LogFields | Error): void {
    if (this.#threshold <= LEVEL_NUMBERS.fatal) this.#write('fatal', message, fields);
  }

  child(fields: LogFields): Logger {
    return new LineLogger(this.#format, this.#threshold, BoundFields.of(fields, this.#bound));
  }

  isEnabled(level: LogLevel): boolean {
    return this.#threshold <= LEVEL_NUMBERS[level];
  }

  #write(level: LogLevel, message: string, fields: LogFields | Error | undefined): void {
    this.#format.write(
      level,
      message,
      this.#bound,
      Error.isError(fields) ? { error: fields } : (fields as LogFields | undefined),
    );
  }
}
