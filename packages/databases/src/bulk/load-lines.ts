import type { BulkRow, EncodedRows } from './batch-writer.ts';
import { ByteLines } from './byte-lines.ts';
import { type MysqlColumn, mysqlField } from './mysql-field.ts';

/** Rows as LOAD DATA reads them: tabs between, backslash escapes, `\\N` is NULL, bytes as hexadecimal digits for UNHEX. */
export class LoadLines implements EncodedRows {
  readonly lines: ByteLines;
  readonly #columns: readonly MysqlColumn[];

  constructor(columns: readonly MysqlColumn[], capacity: number) {
    this.lines = new ByteLines(capacity, '\\0');
    this.#columns = columns;
  }

  get bytes(): number {
    return this.lines.bytes;
  }

  add(row: BulkRow): void {
    try {
      for (const column of this.#columns) this.#addField(row[column.name], column);
      this.lines.endLine();
    } catch (error) {
      this.lines.dropLine();
      throw error;
    }
  }

  #addField(value: unknown, column: MysqlColumn): void {
    const { lines } = this;
    if (typeof value === 'number' && Number.isFinite(value) && column.kind !== 'binary') {
      lines.addNumber(value);
      return;
    }
    const field = mysqlField(value, column);
    if (field === null) lines.addPlain('\\N');
    else if (typeof field === 'string') lines.addText(field);
    else lines.addHex(field, '');
  }
}
