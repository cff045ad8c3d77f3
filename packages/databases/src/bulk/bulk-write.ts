import { gather, shield, UsageError } from '@sluice/core';
import type { Queryable } from '../database.ts';
import { valueError } from '../errors/value-error.ts';
import type { Session } from '../session/session.ts';
import { StatementRunner } from '../session/statement-runner.ts';
import { quoteTable, type TableName } from '../sql/quote.ts';
import { type BadRowPolicy, BatchSettler, type BulkCount } from './batch-settler.ts';
import type { BatchWriter, BulkRow, BulkTarget } from './batch-writer.ts';
import { type BadRow, Batcher } from './batcher.ts';
import { MysqlWriter } from './mysql-writer.ts';
import { PostgresWriter } from './postgres-writer.ts';
import { RowSource } from './row-source.ts';
import { SqliteWriter } from './sqlite-writer.ts';

const DEFAULT_BATCH = 1000;

export interface BulkWriteOptions<R extends object = BulkRow> {
  /** The columns to write; other properties of a row are left out. Default: the properties of the first row, and a later row with another one is bad. A property that is missing is NULL. */
  readonly columns?: readonly string[];
  /** What happens to a row whose key is there already: it is bad (default), left as it is, or brought up to date. */
  readonly onConflict?: 'error' | 'ignore' | 'update';
  /** The columns that tell rows apart, for `update`. Default: the primary key. MySQL always goes by all its unique keys. */
  readonly key?: readonly string[];
  /** How many rows go to the database at a time, as one transaction; at most 1 MiB. Default: 1000 and more, as many as gather in 10 ms and while the database is busy with those before. */
  readonly batch?: number;
  /** What happens to a row that the database refuses: `throw` (default) ends everything there; a function gets the row, and the others go on. */
  readonly onBadRow?: 'throw' | ((bad: BadRow<R>) => void | Promise<void>);
}

/**
 * Writes many rows as fast as the database takes them: PostgreSQL by COPY, MySQL by LOAD DATA, SQLite by a prepared statement in its thread.
 * The next batch is encoded while one is under way; two are in memory at most. Each batch is a transaction of its own (in a given transaction:
 * a savepoint). A row that the database refuses is found and named by its index; deadlocks and serialization failures repeat the batch.
 *
 * @throws DatabaseError `SLUICE_DB_BAD_ROW` when a row is bad and `onBadRow` is `throw`: the rows before it are written, it and those behind it are not; other DatabaseErrors; UsageError for tables and columns that are not there; CancelledError: whole batches are written or not.
 * @example
 * const { written, bad } = await bulkWrite(db, 'people', rows, { onConflict: 'update', onBadRow: ({ index, error }) => log(index, error.message) });
 */
export async function bulkWrite<R extends object>(
  db: Queryable,
  table: TableName,
  rows: Iterable<R> | AsyncIterable<R>,
  options: BulkWriteOptions<R> = {},
): Promise<BulkCount> {
  if (!(db instanceof StatementRunner))
    throw new UsageError('bulkWrite takes a database or a transaction of connect()');
  const { batch, onConflict = 'error', onBadRow = 'throw' } = options;
  if (batch !== undefined && (!Number.isInteger(batch) || batch < 1))
    throw new UsageError(`batch must be a whole number of 1 or more, not ${String(batch)}`);
  if (!['error', 'ignore', 'update'].includes(onConflict)) {
    throw new UsageError(`onConflict is 'error', 'ignore' or 'update', not '${String(onConflict)}'`);
  }
  const quoted = quoteTable(db.dialect, table);
  const source = new RowSource(rows as Iterable<BulkRow> | AsyncIterable<BulkRow>);
  try {
    const first = await source.peek();
    if (first === undefined) return { written: 0, skipped: 0, bad: 0 };
    const columns = options.columns ?? Object.keys(first);
    if (columns.length === 0) throw new UsageError('the first row has no properties: there is no column to write');
    return await db.withSession(async (session) => {
      const writer = await openWriter(session, table, { table: quoted, columns, onConflict, key: options.key });
      try {
        const settler = new BatchSettler(session, writer, onBadRow as BadRowPolicy);
        await writeAll(
          new Batcher(source, writer, {
            rows: batch ?? DEFAULT_BATCH,
            mayGrow: batch === undefined,
            stopAtBad: onBadRow === 'throw',
            check: options.columns === undefined ? knownColumns(columns) : () => {},
          }),
          settler,
        );
        return settler.count;
      } finally {
        await writer.finish();
      }
    });
  } finally {
    await shield(() => source.close());
  }
}

/** Encodes the next batch while one is under way. */
async function writeAll(batcher: Batcher, settler: BatchSettler): Promise<void> {
  for (let batch = await batcher.next(() => false); batch !== undefined; ) {
    const current = batch;
    let isBusy = true;
    const settle = async (): Promise<void> => {
      await settler.settle(current);
      isBusy = false;
    };
    [, batch] = await gather([settle, () => batcher.next(() => isBusy)]);
  }
}

function openWriter(session: Session, table: TableName, target: BulkTarget): Promise<BatchWriter> {
  switch (session.connection.dialect) {
    case 'postgres':
      return PostgresWriter.open(session, target);
    case 'mysql':
      return MysqlWriter.open(session, target, table);
    case 'sqlite':
      return SqliteWriter.open(session, target);
  }
}

/** A property that no column is known for would be lost without a word. */
function knownColumns(columns: readonly string[]): (row: BulkRow) => void {
  const known = new Set(columns);
  return (row) => {
    // As a rule every row has its properties in the order of the first.
    let place = 0;
    for (const name in row) {
      if (name === columns[place]) place++;
      else if (!known.has(name))
        throw valueError(`the row has '${name}', which the first row had not: name the \`columns\` to write`);
    }
  };
}
