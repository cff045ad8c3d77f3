import { UsageError } from '@sluice/core';
import type { PostgresConnection } from '../postgres/postgres-connection.ts';
import { runTransaction } from '../session/run-transaction.ts';
import type { Session } from '../session/session.ts';
import { quoteName } from '../sql/quote.ts';
import type { BatchCount, BatchWriter, BulkTarget, RowBatch } from './batch-writer.ts';
import { type CopyColumn, CopyLines } from './copy-lines.ts';

const STAGE = '"sluice_stage"';
const POSITION = '"sluice_position"';
const FIRST_CAPACITY = 131_072;

const COLUMNS_OF = `
  select a.attname as name,
         case when t.typcategory = 'A' then 'array' when t.typname in ('json', 'jsonb') then 'json' else 'plain' end as kind,
         coalesce(a.attnum = any(i.indkey), false) as "isKey"
    from pg_attribute a
    join pg_type t on t.oid = a.atttypid
    left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
   where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped`;

/**
 * Writes batches with COPY: straight into the table, or, where conflicts are to be ignored or updated, into a temporary table and from
 * there with INSERT … ON CONFLICT, in one transaction.
 *
 * Commits do not wait for the disk, but for the last: it flushes the write-ahead log up to itself, and with it everything before. So what
 * `bulkWrite` has reported is as durable as ever, and a thousand batches cost one wait. (PostgreSQL documentation, "Asynchronous Commit".)
 */
export class PostgresWriter implements BatchWriter<CopyLines> {
  readonly #session: Session;
  readonly #columns: readonly CopyColumn[];
  readonly #copyStatement: string;
  /** From the temporary table into the table; undefined where COPY goes straight. */
  readonly #mergeStatement: string | undefined;
  readonly #onConflict: BulkTarget['onConflict'];
  #capacity = FIRST_CAPACITY;

  private constructor(session: Session, target: BulkTarget, columns: readonly CopyColumn[], key: readonly string[]) {
    this.#session = session;
    this.#columns = columns;
    this.#onConflict = target.onConflict;
    const names = columns.map(({ name }) => quoteName('postgres', name)).join(', ');
    const isStaged = target.onConflict !== 'error';
    this.#copyStatement = isStaged
      ? `copy ${STAGE} (${names}, ${POSITION}) from stdin`
      : `copy ${target.table} (${names}) from stdin`;
    this.#mergeStatement = isStaged ? mergeStatement(target, names, key) : undefined;
  }

  /** Looks the columns up and makes the temporary table, where one is needed. */
  static async open(session: Session, target: BulkTarget): Promise<PostgresWriter> {
    const found = (await session.run(COLUMNS_OF, [target.table])).rows as unknown as (CopyColumn & {
      isKey: boolean;
    })[];
    const columns = target.columns.map((name) => {
      const column = found.find((candidate) => candidate.name === name);
      if (column === undefined) throw new UsageError(`the table ${target.table} has no column '${name}'`);
      return column;
    });
    const key = target.key ?? found.filter(({ isKey }) => isKey).map(({ name }) => name);
    const writer = new PostgresWriter(session, target, columns, key);
    if (session.depth === 0) await session.run('set synchronous_commit = off');
    if (writer.#mergeStatement !== undefined) {
      const names = columns.map(({ name }) => quoteName('postgres', name)).join(', ');
      await session.run(`drop table if exists pg_temp.${STAGE}`);
      await session.run(
        `create temporary table ${STAGE} on commit delete rows as select ${names}, 0::bigint as ${POSITION} from ${target.table} with no data`,
      );
    }
    return writer;
  }

  start(): CopyLines {
    return new CopyLines(this.#columns, this.#capacity, this.#mergeStatement !== undefined);
  }

  async write({ encoded }: RowBatch<CopyLines>, from: number, to: number): Promise<BatchCount> {
    this.#capacity = Math.max(this.#capacity, encoded.bytes);
    const merge = this.#mergeStatement;
    const data = encoded.lines.slice(from, to);
    const isNested = this.#session.depth > 0;
    if (merge === undefined) {
      if (isNested) await runTransaction(this.#session, () => this.#copy(data), {});
      else await this.#copy(data);
      return { written: to - from, skipped: 0 };
    }
    const changed = await runTransaction(
      this.#session,
      async () => {
        await this.#copy(data);
        const { rowsAffected } = await this.#session.run(merge);
        // Only the outermost COMMIT empties the temporary table by itself.
        if (isNested) await this.#session.run(`delete from ${STAGE}`);
        return rowsAffected;
      },
      {},
    );
    if (this.#onConflict === 'update') return { written: to - from, skipped: 0 };
    return { written: changed, skipped: to - from - changed };
  }

  async finish(): Promise<void> {
    const { depth, connection } = this.#session;
    if (!connection.isAlive) return;
    if (this.#mergeStatement !== undefined) await this.#session.tidy(`drop table if exists pg_temp.${STAGE}`);
    if (depth === 0) await this.#session.flush(`reset synchronous_commit; select pg_current_xact_id()`);
  }

  #copy(data: Buffer): Promise<number> {
    return this.#session.perform((connection) => (connection as PostgresConnection).copyIn(this.#copyStatement, data));
  }
}

/** Of several rows with one key in a batch the last one counts, as if they had been written one by one. */
function mergeStatement(target: BulkTarget, names: string, key: readonly string[]): string {
  if (target.onConflict === 'ignore') {
    return `insert into ${target.table} (${names}) select ${names} from ${STAGE} order by ${POSITION} on conflict do nothing`;
  }
  if (key.length === 0) {
    throw new UsageError(
      `the table ${target.table} has no primary key: name the columns that tell rows apart with \`key\``,
    );
  }
  const keys = key.map((name) => quoteName('postgres', name));
  const updates = target.columns
    .filter((name) => !key.includes(name))
    .map((name) => `${quoteName('postgres', name)} = excluded.${quoteName('postgres', name)}`);
  // NULL is equal to no other NULL, so rows without a whole key are all kept.
  const hasNull = keys.map((name) => `${name} is null`).join(' or ');
  const distinct = `${keys.join(', ')}, case when ${hasNull} then ${POSITION} end`;
  const latest = `select distinct on (${distinct}) ${names}, ${POSITION} from ${STAGE} order by ${distinct}, ${POSITION} desc`;
  const action = updates.length === 0 ? 'do nothing' : `do update set ${updates.join(', ')}`;
  return `insert into ${target.table} (${names}) select ${names} from (${latest}) as latest order by ${POSITION} on conflict (${keys.join(', ')}) ${action}`;
}
