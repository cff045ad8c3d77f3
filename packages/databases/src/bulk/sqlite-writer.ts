import { UsageError } from '@sluice/core';
import type { Session } from '../session/session.ts';
import { quoteName } from '../sql/quote.ts';
import type { SqliteValue } from '../sqlite/messages.ts';
import type { SqliteConnection } from '../sqlite/sqlite-connection.ts';
import { toSqliteValue } from '../sqlite/sqlite-value.ts';
import type { BatchCount, BatchWriter, BulkRow, BulkTarget, EncodedRows, RowBatch } from './batch-writer.ts';

/** Writes batches with one prepared statement, each batch in one transaction inside the SQLite thread. */
export class SqliteWriter implements BatchWriter<SqliteRows> {
  readonly #session: Session;
  readonly #columns: readonly string[];
  readonly #statement: string;

  private constructor(session: Session, target: BulkTarget, key: readonly string[]) {
    this.#session = session;
    this.#columns = target.columns;
    this.#statement = insertStatement(target, key);
  }

  /** Looks the primary key up where it is needed. */
  static async open(session: Session, target: BulkTarget): Promise<SqliteWriter> {
    let { key } = target;
    if (key === undefined && target.onConflict === 'update') {
      const table = target.table.split('"."').at(-1)!.replace(/^"|"$/g, '').replaceAll('""', '"');
      const { rows } = await session.run('select name from pragma_table_info(?) where pk > 0 order by pk', [table]);
      key = rows.map(({ name }) => name as string);
    }
    return new SqliteWriter(session, target, key ?? []);
  }

  start(): SqliteRows {
    return new SqliteRows(this.#columns);
  }

  async write({ encoded }: RowBatch<SqliteRows>, from: number, to: number): Promise<BatchCount> {
    const rows = encoded.rows.slice(from, to);
    const written = await this.#session.perform((connection) =>
      (connection as SqliteConnection).call('insertRows', { sql: this.#statement, rows }),
    );
    return { written, skipped: rows.length - written };
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }
}

class SqliteRows implements EncodedRows {
  readonly rows: SqliteValue[][] = [];
  readonly #columns: readonly string[];
  bytes = 0;

  constructor(columns: readonly string[]) {
    this.#columns = columns;
  }

  add(row: BulkRow): void {
    const values = this.#columns.map((name) => toSqliteValue(row[name]));
    this.rows.push(values);
    for (const value of values) {
      this.bytes += typeof value === 'string' || value instanceof Uint8Array ? value.length + 8 : 8;
    }
  }
}

function insertStatement({ table, columns, onConflict }: BulkTarget, key: readonly string[]): string {
  const names = columns.map((name) => quoteName('sqlite', name));
  const insert = `insert into ${table} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`;
  if (onConflict === 'error') return insert;
  // Unlike INSERT OR IGNORE, this lets NOT NULL and CHECK speak.
  if (onConflict === 'ignore') return `${insert} on conflict do nothing`;
  if (key.length === 0) {
    throw new UsageError(`the table ${table} has no primary key: name the columns that tell rows apart with \`key\``);
  }
  const keys = key.map((name) => quoteName('sqlite', name));
  const updates = names.filter((name) => !keys.includes(name)).map((name) => `${name} = excluded.${name}`);
  // The key set to itself, so that a row that changes nothing still counts as written.
  return `${insert} on conflict (${keys.join(', ')}) do update set ${updates.length === 0 ? `${keys[0]} = ${keys[0]}` : updates.join(', ')}`;
}
