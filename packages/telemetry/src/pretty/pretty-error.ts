import type { Paint } from './paint.ts';
import { printable, printableLines } from './printable.ts';

/** An error as it stands in a JSON line. */
export interface ErrorShape {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
  readonly error?: unknown;
  readonly suppressed?: unknown;
  readonly taskNames?: unknown;
}

const DEEPER = '  ';

/** Whether a value of a JSON line was an error. */
export function isErrorShape(value: unknown): value is ErrorShape {
  if (typeof value !== 'object' || value === null) return false;
  const { name, message, stack } = value as Partial<Record<string, unknown>>;
  return typeof name === 'string' && typeof message === 'string' && typeof stack === 'string';
}

/** An error in lines: its stack, then what it was made of and what caused it, each a step further in. */
export function prettyError(error: ErrorShape, paint: Paint, indent: string, label: string): string[] {
  const code = typeof error.code === 'string' || typeof error.code === 'number' ? ` (${error.code})` : '';
  const [headline = '', ...frames] = printableLines(error.stack);
  const lines = [`${indent}${printable(label)}: ${paint('red', headline)}${printable(code)}`];
  for (const frame of frames) lines.push(`${indent}${paint('dim', frame)}`);
  const { errors, suppressed } = error;
  if (Array.isArray(errors)) {
    const names: readonly unknown[] = Array.isArray(error.taskNames) ? error.taskNames : [];
    errors.forEach((inner, index) => {
      const name = names[index];
      lines.push(...part(inner, paint, indent, typeof name === 'string' ? `in task ${name}` : `${index + 1}`));
    });
  }
  // A group's cause is the first of its errors: once is enough.
  else if (error.cause !== undefined) lines.push(...part(error.cause, paint, indent, 'caused by'));
  if (error.error !== undefined) lines.push(...part(error.error, paint, indent, 'while handling'));
  if (Array.isArray(suppressed)) {
    for (const other of suppressed) lines.push(...part(other, paint, indent, 'besides'));
  }
  return lines;
}

function part(value: unknown, paint: Paint, indent: string, label: string): string[] {
  if (isErrorShape(value)) return prettyError(value, paint, indent + DEEPER, label);
  return [`${indent}${DEEPER}${printable(label)}: ${printable(JSON.stringify(value))}`];
}
