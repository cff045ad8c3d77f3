import { checkDate, checkText, jsonText, valueError } from '../errors/value-error.ts';

/** How a column takes its values. */
export interface MysqlColumn {
  readonly name: string;
  readonly kind: 'plain' | 'binary' | 'bit' | 'date';
}

/** A value as MySQL takes it: text, bytes or NULL. */
export type MysqlField = string | Buffer | null;

/** One value, ready for a parameter or a line of LOAD DATA. */
export function mysqlField(value: unknown, column: MysqlColumn): MysqlField {
  const field = plainField(value, column);
  return column.kind === 'binary' && typeof field === 'string' ? Buffer.from(field) : field;
}

function plainField(value: unknown, column: MysqlColumn): MysqlField {
  switch (typeof value) {
    case 'string':
      checkText(value);
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw valueError(`column '${column.name}' holds ${value}, which MySQL cannot store`);
      return String(value);
    case 'bigint':
      return value.toString();
    case 'boolean':
      return value ? '1' : '0';
    case 'undefined':
      return null;
    case 'object':
      if (value === null) return null;
      if (value instanceof Date) return dateText(value, column);
      if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.length);
      return jsonText(value);
    default:
      throw valueError(`column '${column.name}' holds a ${typeof value}, which no database can store`);
  }
}

function dateText(date: Date, column: MysqlColumn): string {
  checkDate(date);
  const year = date.getUTCFullYear();
  if (year < 0 || year > 9999) throw valueError(`column '${column.name}' holds the year ${year}; MySQL ends at 9999`);
  const iso = date.toISOString();
  return column.kind === 'date' ? iso.slice(0, 10) : `${iso.slice(0, 10)} ${iso.slice(11, 23)}`;
}
