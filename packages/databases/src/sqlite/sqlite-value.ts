import { checkDate, checkText, jsonText, valueError } from '../errors/value-error.ts';
import type { SqliteValue } from './messages.ts';

/**
 * A value as SQLite keeps it: booleans are 1 and 0, Dates ISO text in UTC, objects and arrays JSON text.
 *
 * @throws DatabaseError `SLUICE_DB_VALUE` for what has no such form.
 */
export function toSqliteValue(value: unknown): SqliteValue {
  switch (typeof value) {
    case 'string':
      checkText(value);
      return value;
    case 'bigint':
      return value;
    case 'number':
      // node:sqlite binds every number as a float; a whole one is meant as an integer, also in columns without a type.
      return Number.isSafeInteger(value) ? BigInt(value) : value;
    case 'boolean':
      return value ? 1 : 0;
    case 'undefined':
      return null;
    case 'object':
      if (value === null || value instanceof Uint8Array) return value;
      if (!(value instanceof Date)) return jsonText(value);
      checkDate(value);
      return value.toISOString();
    default:
      throw valueError(`a ${typeof value} cannot be stored in a database`);
  }
}
