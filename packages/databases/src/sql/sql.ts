import type { Dialect } from '../connect/database-url.ts';
import { quoteTable, type TableName } from './quote.ts';

/** A statement as text and parameters. */
export interface Statement {
  readonly text: string;
  readonly parameters: readonly unknown[];
}

class Name {
  readonly table: TableName;
  constructor(table: TableName) {
    this.table = table;
  }
}

/** A piece of SQL whose values travel beside it, never inside its text. Made by {@link sql}. */
export class Sql {
  readonly #texts: readonly string[];
  readonly #values: readonly unknown[];

  constructor(texts: readonly string[], values: readonly unknown[]) {
    this.#texts = texts;
    this.#values = values;
  }

  /** The statement as `dialect` takes it: `$1` for PostgreSQL, `?` for MySQL and SQLite. */
  toStatement(dialect: Dialect): Statement {
    const parameters: unknown[] = [];
    return { text: this.#write(dialect, parameters), parameters };
  }

  #write(dialect: Dialect, parameters: unknown[]): string {
    let text = this.#texts[0]!;
    this.#values.forEach((value, index) => {
      if (value instanceof Sql) text += value.#write(dialect, parameters);
      else if (value instanceof Name) text += quoteTable(dialect, value.table);
      else text += dialect === 'postgres' ? `$${parameters.push(value)}` : placeholder(parameters, value);
      text += this.#texts[index + 1]!;
    });
    return text;
  }
}

function placeholder(parameters: unknown[], value: unknown): string {
  parameters.push(value);
  return '?';
}

/**
 * SQL with values in it, safe on all three databases: every `${value}` becomes a parameter, `${sql`…`}` a piece of the statement and
 * `${sql.identifier('table')}` a quoted name.
 *
 * @example
 * const recent = sql`created_at > ${since}`;
 * const rows = await db.query(sql`select * from ${sql.identifier('people')} where ${recent} limit ${10}`);
 */
export const sql: {
  (texts: TemplateStringsArray, ...values: unknown[]): Sql;
  /** A table or column, quoted. */
  identifier(table: TableName): unknown;
} = Object.assign((texts: TemplateStringsArray, ...values: unknown[]) => new Sql(texts, values), {
  identifier: (table: TableName): unknown => new Name(table),
});
