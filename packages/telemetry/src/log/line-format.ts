import { UsageError } from '@sluice/core';
import { pino } from 'pino';
import { ambientFields, type LogFields } from '../fields/ambient-fields.ts';
import { Cleaner } from '../fields/cleaner.ts';
import { REDACTED } from '../fields/secrets.ts';
import type { LogLevel } from './levels.ts';

/** What one call of a logger says. */
interface Statement {
  readonly bound: LogFields;
  readonly fields: LogFields | undefined;
  readonly cleaner: Cleaner;
}

/** Where lines go. Neither waits, neither throws. */
export interface LineOutput {
  write(line: string): void;
  /** What was written shall go out now. */
  hurry(): void;
}

/** Makes JSON lines, `{"level":…,"time":…,…fields,"msg":…}`. */
export class LineFormat {
  readonly #pino: pino.Logger;
  readonly #output: LineOutput;

  /** @throws UsageError when a path of `redact` is none. */
  constructor(redact: readonly string[], output: LineOutput) {
    this.#output = output;
    try {
      this.#pino = pino(
        {
          // Levels are compared before a line comes here.
          level: 'trace',
          base: null,
          redact: { paths: [...redact], censor: REDACTED },
          // Errors are fields like others by the time pino sees them.
          serializers: { err: (value: unknown) => value },
          formatters: { level: (label) => ({ level: label }), log: merge },
        },
        output,
      );
    } catch (cause) {
      throw new UsageError(`a path to redact cannot be read: ${(cause as Error).message}`, { cause });
    }
  }

  write(level: LogLevel, message: string, bound: LogFields, fields: LogFields | undefined): void {
    const cleaner = new Cleaner();
    // What is no text in spite of its type is made one, for a log never throws.
    const text = String(cleaner.value(message));
    // The fields are wrapped, because pino takes some objects that it is given for HTTP requests.
    this.#pino[level]({ bound, fields, cleaner } satisfies Statement, text);
    if (level === 'fatal') this.#output.hurry();
  }
}

function merge(statement: object): Record<string, unknown> {
  const { bound, fields, cleaner } = statement as Statement;
  const merged = { ...bound, ...ambientFields() };
  if (fields !== undefined) cleaner.addFields(merged, fields);
  return merged;
}
