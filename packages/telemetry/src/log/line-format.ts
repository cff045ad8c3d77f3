import { UsageError } from '@sluice/core';
import { pino } from 'pino';
import { type AmbientFields, ambientFields, type LogFields } from '../fields/ambient-fields.ts';
import type { BoundFields } from '../fields/bound-fields.ts';
import { Cleaner } from '../fields/cleaner.ts';
import { fieldText } from '../fields/field-text.ts';
import { REDACTED } from '../fields/secrets.ts';
import type { LogLevel } from './levels.ts';

/** What one call of a logger says. */
interface Statement {
  readonly bound: BoundFields;
  readonly fields: LogFields | undefined;
  readonly cleaner: Cleaner;
}

/** Where lines go. Neither waits, neither throws. */
export interface LineOutput {
  write(line: string): void;
  /** What was written shall go out now. */
  hurry(): void;
}

/** Makes JSON lines, `{"level":…,"time":…,…fields,"msg":…}`: most by putting texts together, the others, and all where paths are to be redacted, by pino. */
export class LineFormat {
  readonly #pino: pino.Logger;
  readonly #output: LineOutput;
  readonly #hasPaths: boolean;
  #millisecond = Number.NaN;
  #time = '';

  /** @throws UsageError when a path of `redact` is none. */
  constructor(redact: readonly string[], output: LineOutput) {
    this.#hasPaths = redact.length > 0;
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

  write(level: LogLevel, message: string, bound: BoundFields, fields: LogFields | undefined): void {
    const cleaner = new Cleaner();
    // What is no text in spite of its type is made one, for a log never throws.
    const text = typeof message === 'string' ? cleaner.text(message) : String(cleaner.value(message));
    const middle = this.#hasPaths ? undefined : textBetween(cleaner, bound, ambientFields(), fields);
    if (middle === undefined) {
      // The fields are wrapped, because pino takes some objects that it is given for HTTP requests.
      this.#pino[level]({ bound, fields, cleaner: new Cleaner() } satisfies Statement, text);
    } else {
      this.#output.write(`{"level":"${level}","time":${this.#now()}${middle},"msg":${JSON.stringify(text)}}\n`);
    }
    if (level === 'fatal') this.#output.hurry();
  }

  /** The time in digits, made once a millisecond. */
  #now(): string {
    const millisecond = Date.now();
    if (millisecond !== this.#millisecond) {
      this.#millisecond = millisecond;
      this.#time = String(millisecond);
    }
    return this.#time;
  }
}

/** All fields of a line as text; undefined when one overrides another, or something about them is out of the ordinary. */
function textBetween(
  cleaner: Cleaner,
  bound: BoundFields,
  ambient: AmbientFields | undefined,
  fields: LogFields | undefined,
): string | undefined {
  let text = bound.text;
  if (ambient !== undefined) {
    if (ambient.text === null || (!bound.isEmpty && ambient.overlaps(bound.fields))) return undefined;
    text += ambient.text;
  }
  if (fields === undefined) return text;
  const own = fieldText(cleaner, fields, (name) => bound.has(name) || (ambient?.has(name) ?? false));
  return own === undefined ? undefined : text + own;
}

function merge(statement: object): Record<string, unknown> {
  const { bound, fields, cleaner } = statement as Statement;
  const merged = { ...bound.fields, ...ambientFields()?.clean };
  if (fields !== undefined) cleaner.addFields(merged, fields);
  return merged;
}
