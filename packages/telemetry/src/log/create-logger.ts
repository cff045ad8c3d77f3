import type { Duration } from '@sluice/core';
import { BoundFields } from '../fields/bound-fields.ts';
import { flushAtExit } from '../process/flush-at-exit.ts';
import { LEVEL_NUMBERS } from './levels.ts';
import { LineFormat, type LineOutput } from './line-format.ts';
import { LineLogger } from './line-logger.ts';
import { LineWriter } from './line-writer.ts';
import type { LogStatistics, RootLogger } from './logger.ts';
import { type LoggerOptions, type LoggerSettings, readOptions, readTimeout } from './options.ts';

/**
 * A logger whose lines are formatted here and written by a thread of its own, so that no destination, however slow, holds the event loop
 * up. It does not keep the process alive; at the end of the process it is flushed, for at most `flushTimeout`.
 *
 * A destination that cannot be written to is reported once on standard error and tried again; it never throws into the program.
 *
 * @throws UsageError for options that cannot be.
 * @example
 * await using log = createLogger({ destination: 'crawl.log' });
 * log.info('fetched', { url, status: 200 });
 */
export function createLogger(options: LoggerOptions = {}): RootLogger {
  return new ThreadLogger(readOptions(options));
}

class ThreadLogger extends LineLogger implements RootLogger {
  readonly #writer: LineWriter;
  readonly #stopListening: () => void;
  #closing: Promise<void> | undefined;

  constructor(settings: LoggerSettings) {
    let writer: LineWriter;
    const out: LineOutput = { write: (line) => writer.write(line), hurry: () => writer.hurry() };
    // Before the thread is started: it may find fault with the options.
    const format = new LineFormat(settings.redact, out);
    writer = new LineWriter(settings);
    super(format, LEVEL_NUMBERS[settings.level], BoundFields.of(settings.base));
    this.#writer = writer;
    const forget = flushAtExit(() => writer.flushSync());
    const reopen = (): void => void this.reopen();
    if (settings.reopenOnSighup) process.on('SIGHUP', reopen);
    this.#stopListening = () => {
      forget();
      process.off('SIGHUP', reopen);
    };
  }

  flush(): Promise<void> {
    return this.#writer.flush();
  }

  flushSync(timeout?: Duration): void {
    this.#writer.flushSync(timeout === undefined ? undefined : readTimeout(timeout));
  }

  reopen(): Promise<void> {
    return this.#writer.reopen();
  }

  close(): Promise<void> {
    this.#closing ??= this.#writer.close().finally(this.#stopListening);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  statistics(): LogStatistics {
    return this.#writer.statistics();
  }
}
