import { checkDate, jsonText, valueError } from '../errors/value-error.ts';
import type { BulkRow, EncodedRows } from './batch-writer.ts';
import { ByteLines } from './byte-lines.ts';

/** How a column takes what JavaScript has several forms for. */
export interface CopyColumn {
  readonly name: string;
  readonly kind: 'plain' | 'json' | 'array';
}

/** Rows in the text format of COPY (PostgreSQL documentation, "COPY", "Text Format"). */
export class CopyLines implements EncodedRows {
  readonly lines: ByteLines;
  readonly #columns: readonly CopyColumn[];
  readonly #withIndex: boolean;

  /** @param withIndex whether the row's index follows as the last field. */
  constructor(columns: readonly CopyColumn[], capacity: number, withIndex: boolean) {
    this.lines = new ByteLines(capacity, undefined);
    this.#columns = columns;
    this.#withIndex = withIndex;
  }

  get bytes(): number {
    return this.lines.bytes;
  }

  add(row: BulkRow, index: number): void {
    try {
      for (const column of this.#columns) this.#addField(row[column.name], column);
      if (this.#withIndex) this.lines.addNumber(index);
      this.lines.endLine();
    } catch (error) {
      this.lines.dropLine();
      throw error;
    }
  }

  #addField(value: unknown, column: CopyColumn): void {
    const { lines } = this;
    switch (typeof value) {
      case 'string':
        lines.addText(value);
        return;
      case 'number':
        lines.addNumber(value);
        return;
      case 'bigint':
        lines.addPlain(value.toString());
        return;
      case 'boolean':
        lines.addPlain(value ? 'true' : 'false');
        return;
      case 'undefined':
        lines.addPlain('\\N');
        return;
      case 'object':
        if (value === null) lines.addPlain('\\N');
        else if (value instanceof Date) lines.addPlain(timestamp(value));
        else if (value instanceof Uint8Array) lines.addHex(value, '\\\\x');
        else lines.addText(column.kind === 'array' && Array.isArray(value) ? arrayLiteral(value) : jsonText(value));
        return;
      default:
        throw valueError(`column '${column.name}' holds a ${typeof value}, which no database can store`);
    }
  }
}

/** ISO 8601, which PostgreSQL reads as UTC; it wants plain years, and BC where JavaScript counts below 1. */
function timestamp(date: Date): string {
  checkDate(date);
  const iso = date.toISOString();
  const year = date.getUTCFullYear();
  if (year >= 1 && year <= 9999) return iso;
  const rest = iso.replace(/^[+-]?\d+/, '');
  return year > 0 ? `${year}${rest}` : `${String(1 - year).padStart(4, '0')}${rest} BC`;
}

/** An array as PostgreSQL writes it: `{1,NULL,"a \"b\""}`. */
function arrayLiteral(values: readonly unknown[]): string {
  return `{${values.map(arrayElement).join(',')}}`;
}

function arrayElement(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (Array.isArray(value)) return arrayLiteral(value);
  if (value instanceof Date) return `"${timestamp(value)}"`;
  if (value instanceof Uint8Array) return `"\\\\x${Buffer.from(value).toString('hex')}"`;
  const text = typeof value === 'object' ? jsonText(value) : String(value);
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
