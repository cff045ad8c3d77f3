import type { FieldPacket, TypeCastField, TypeCastNext } from 'mysql2';
import type { Row } from '../connection/connection.ts';

const LONGLONG = 8;

/** A parameter as mysql2's prepared statements take it. */
export function toMysqlParameter(value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'boolean') return value ? 1 : 0;
  // As text: the server then compares an integer with an integer column exactly, and takes it in LIMIT too.
  if (typeof value === 'number' && Number.isInteger(value)) return value.toString();
  if (value instanceof Uint8Array && !Buffer.isBuffer(value))
    return Buffer.from(value.buffer, value.byteOffset, value.length);
  return value;
}

/** mysql2 gives integers beyond 2^53 as text: here they become `bigint`, in place. */
export function restoreBigIntegers(rows: Row[], fields: readonly FieldPacket[] | undefined): Row[] {
  const names = (fields ?? []).filter((field) => field.columnType === LONGLONG).map((field) => field.name);
  for (const name of names) {
    for (const row of rows) {
      if (typeof row[name] === 'string') row[name] = BigInt(row[name]);
    }
  }
  return rows;
}

/** For statements that answer in text: mysql2 reads floating-point text digit by digit and rounds the last one wrong now and then. */
export function exactNumbers(field: TypeCastField, next: TypeCastNext): unknown {
  if (field.type !== 'DOUBLE' && field.type !== 'FLOAT') return next();
  const text = field.string();
  return text === null ? null : Number(text);
}
