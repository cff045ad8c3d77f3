import { DatabaseError } from './database-error.ts';

/** A value that the database has no form for: the row is bad, others may be fine. */
export function valueError(reason: string): DatabaseError {
  return new DatabaseError(reason, { code: 'SLUICE_DB_VALUE' });
}

/** @throws DatabaseError for text with half a surrogate pair: as UTF-8 it would silently become another character. */
export function checkText(text: string): void {
  if (!text.isWellFormed()) throw valueError('the text holds half a surrogate pair, which is no character');
}

/** @throws DatabaseError for `new Date(NaN)`. */
export function checkDate(date: Date): void {
  if (Number.isNaN(date.getTime())) throw valueError('the Date is invalid');
}

/** An object's or array's JSON text. @throws DatabaseError for what JSON cannot say. */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    throw valueError(`the value cannot be written as JSON: ${(error as Error).message}`);
  }
}
