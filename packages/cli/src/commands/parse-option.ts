import { type Duration, parseDuration } from '@sluice/core';
import { OUTCOME_CLASSES, type OutcomeClass, parseRate } from '@sluice/engine';
import { InvalidArgumentError } from 'commander';

/** A whole number of 1 or more. */
export function parseCount(text: string): number {
  return wholeNumber(text, 1, Number.MAX_SAFE_INTEGER);
}

/** A whole number of 1 or more, or `auto`. */
export function parseCountOrAuto(text: string): number | 'auto' {
  return text === 'auto' ? text : parseCount(text);
}

/** A rate: `500/min`, `10/s`. */
export function parseRateOption(text: string): string {
  try {
    parseRate(text);
    return text;
  } catch {
    throw new InvalidArgumentError("Write a rate such as '500/min', '10/s' or '5000/h'.");
  }
}

/** {@link parseRateOption}, or `none`. */
export function parseRateOrNone(text: string): string {
  return text === 'none' ? text : parseRateOption(text);
}

/** A whole number of 0 or more, or `none`. */
export function parseCountOrNone(text: string): number | 'none' {
  return text === 'none' ? text : parseCountOrZero(text);
}

/** A whole number of 0 or more. */
export function parseCountOrZero(text: string): number {
  return wholeNumber(text, 0, Number.MAX_SAFE_INTEGER);
}

/** A port; 0 stands for any free one. */
export function parsePort(text: string): number {
  return wholeNumber(text, 0, 65_535);
}

/** A duration in milliseconds: `500ms`, `30s`, `5min`, `1h`, or a bare number of milliseconds. */
export function parseDurationOption(text: string): number {
  try {
    return parseDuration(/^\d+$/.test(text) ? Number(text) : (text as Duration));
  } catch {
    throw new InvalidArgumentError("Write a duration such as '500ms', '30s', '5min' or '1h'.");
  }
}

/** Outcome classes, separated by commas. */
export function parseClasses(text: string): OutcomeClass[] {
  return splitList(text).map((name) => {
    if (Object.hasOwn(OUTCOME_CLASSES, name)) return name as OutcomeClass;
    throw new InvalidArgumentError(`The classes are ${Object.keys(OUTCOME_CLASSES).join(', ')}.`);
  });
}

/** A parser of one of a few words, or several of them, separated by commas. */
export function parseWords<W extends string>(words: readonly W[]): (text: string) => W[] {
  return (text) =>
    splitList(text).map((name) => {
      const word = words.find((known) => known === name);
      if (word === undefined) throw new InvalidArgumentError(`There are ${words.join(', ')}.`);
      return word;
    });
}

/** Gathers the values of an option that may be given more than once. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** Names, separated by commas. */
export function splitList(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function wholeNumber(text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  const bound = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
  throw new InvalidArgumentError(`Give a whole number ${bound}.`);
}
