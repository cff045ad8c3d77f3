import { UsageError } from '@sluice/core';
import { DatabaseError } from '../errors/database-error.ts';
import type { MysqlConnection } from '../mysql/mysql-connection.ts';
import { runTransaction } from '../session/run-transaction.ts';
import type { Session } from '../session/session.ts';
import { quoteName, type TableName, tableParts } from '../sql/quote.ts';
import type { BatchCount, BatchWriter, BulkRow, BulkTarget, RowBatch } from './batch-writer.ts';
import { LoadLines } from './load-lines.ts';
import { type MysqlColumn, mysqlField } from './mysql-field.ts';

const MAX_PARAMETERS = 65_535;
const FIRST_CAPACITY = 131_072;
/** LOAD DATA LOCAL is forbidden: by the server, or for this client. */
const LOAD_FORBIDDEN: ReadonlySet<unknown> = new Set([1148, 2068, 3948, 4166]);

const COLUMNS_OF = `
  select c.column_name as name, c.data_type as type, e.transactions as transactions, t.engine as engine
    from information_schema.columns c
    join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
    left join information_schema.engines e on e.engine = t.engine
   where c.table_schema = coalesce(?, database()) and c.table_name = ?`;

interface ColumnRow {
  readonly name: string;
  readonly type: string;
  readonly transactions: string;
  readonly engine: string;
}

/**
 * Writes batches with LOAD DATA LOCAL INFILE from memory. LOCAL turns every refused row and every value that does not fit into a mere warning,
 * so a batch that raises one is rolled back and written again as a strict multi-row INSERT, which tells the truth. Where LOCAL is switched
 * off, and for `onConflict: 'update'`, it is INSERT from the start.
 */
export class MysqlWriter implements BatchWriter<LoadLines> {
  readonly #session: Session;
  readonly #target: BulkTarget;
  readonly #columns: readonly MysqlColumn[];
  readonly #names: string;
  readonly #loadStatement: string;
  #canLoad: boolean;
  #capacity = FIRST_CAPACITY;

  private constructor(session: Session, target: BulkTarget, columns: readonly MysqlColumn[], canLoad: boolean) {
    this.#session = session;
    this.#target = target;
    this.#columns = columns;
    this.#names = columns.map(({ name }) => quoteName('mysql', name)).join(', ');
    this.#loadStatement = loadStatement(target.table, columns);
    this.#canLoad = canLoad;
  }

  /** Looks the columns up. */
  static async open(session: Session, target: BulkTarget, table: TableName): Promise<MysqlWriter> {
    const parts = tableParts(table);
    const { rows } = await session.run(COLUMNS_OF, [parts.length > 1 ? parts.at(-2) : null, parts.at(-1)]);
    const found = rows as unknown as ColumnRow[];
    const first = found[0];
    if (first === undefined) throw new UsageError(`there is no table ${target.table}`);
    if (first.transactions !== 'YES') {
      throw new UsageError(
        `the table ${target.table} uses ${first.engine}, which cannot undo a batch: change it to InnoDB`,
      );
    }
    const columns = target.columns.map((name) => {
      const column = found.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
      if (column === undefined) throw new UsageError(`the table ${target.table} has no column '${name}'`);
      return { name, kind: kindOf(column.type) };
    });
    const local = await session.run('select @@local_infile as isOn');
    return new MysqlWriter(session, target, columns, target.onConflict !== 'update' && local.rows[0]?.isOn === 1);
  }

  start(): LoadLines {
    return new LoadLines(this.#columns, this.#capacity);
  }

  async write({ rows, encoded }: RowBatch<LoadLines>, from: number, to: number): Promise<BatchCount> {
    this.#capacity = Math.max(this.#capacity, encoded.bytes);
    if (this.#canLoad && (await this.#load(encoded.lines.slice(from, to), to - from))) {
      return { written: to - from, skipped: 0 };
    }
    return await runTransaction(this.#session, () => this.#insert(rows.slice(from, to)), {});
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }

  /** Whether all went in without a word. */
  async #load(data: Buffer, rows: number): Promise<boolean> {
    try {
      await runTransaction(
        this.#session,
        async () => {
          const { info, rowsAffected } = await this.#session.perform((connection) =>
            (connection as MysqlConnection).loadData(this.#loadStatement, data),
          );
          if (rowsAffected !== rows || !/Skipped: 0 +Warnings: 0$/.test(info)) throw new UncleanLoad(info);
        },
        {},
      );
      return true;
    } catch (error) {
      if (error instanceof DatabaseError && LOAD_FORBIDDEN.has(error.nativeCode)) this.#canLoad = false;
      else if (!(error instanceof UncleanLoad)) throw error;
      // Where rows are often there already, trying LOAD DATA first would double the work.
      else if (this.#target.onConflict === 'ignore') this.#canLoad = false;
      return false;
    }
  }

  async #insert(rows: readonly BulkRow[]): Promise<BatchCount> {
    const perStatement = Math.max(1, Math.floor(MAX_PARAMETERS / this.#columns.length));
    let skipped = 0;
    for (let start = 0; start < rows.length; start += perStatement) {
      skipped += await this.#insertSome(rows.slice(start, start + perStatement));
    }
    return { written: rows.length - skipped, skipped };
  }

  /** The number of rows that were there already. */
  async #insertSome(rows: readonly BulkRow[]): Promise<number> {
    const { onConflict } = this.#target;
    const parameters = rows.flatMap((row) => this.#columns.map((column) => mysqlField(row[column.name], column)));
    // The server tells how many rows of a multi-row INSERT were duplicates, but says nothing of a single one.
    if (onConflict === 'ignore' && rows.length === 1) return await this.#insertIfNew(parameters);
    const { info } = await this.#session.run(this.#insertStatement(rows.length, onConflict), parameters);
    return onConflict === 'ignore' ? Number(/Duplicates: (\d+)/.exec(info)?.[1] ?? 0) : 0;
  }

  async #insertIfNew(parameters: readonly unknown[]): Promise<number> {
    try {
      await this.#session.run(this.#insertStatement(1, 'error'), parameters);
      return 0;
    } catch (error) {
      if ((error as DatabaseError).nativeCode === 1062) return 1;
      throw error;
    }
  }

  #insertStatement(rows: number, onConflict: BulkTarget['onConflict']): string {
    const row = `(${this.#columns.map(({ kind }) => (kind === 'bit' ? 'cast(? as unsigned)' : '?')).join(', ')})`;
    const insert = `insert into ${this.#target.table} (${this.#names}) values ${Array(rows).fill(row).join(', ')}`;
    if (onConflict === 'error') return insert;
    // INSERT IGNORE would hide bad values too; an update that changes nothing ignores duplicates alone.
    const changes = this.#columns
      .map(({ name }) => quoteName('mysql', name))
      .map((name) =>
        onConflict === 'ignore' ? `${name} = ${this.#target.table}.${name}` : `${name} = values(${name})`,
      );
    return `${insert} on duplicate key update ${onConflict === 'ignore' ? changes[0] : changes.join(', ')}`;
  }
}

/** LOAD DATA went through, but not as it should. */
class UncleanLoad extends Error {}

function loadStatement(table: string, columns: readonly MysqlColumn[]): string {
  const targets: string[] = [];
  const sets: string[] = [];
  columns.forEach(({ name, kind }, index) => {
    const column = quoteName('mysql', name);
    if (kind === 'plain' || kind === 'date') {
      targets.push(column);
      return;
    }
    targets.push(`@v${index}`);
    sets.push(kind === 'binary' ? `${column} = unhex(@v${index})` : `${column} = cast(@v${index} as unsigned)`);
  });
  const set = sets.length === 0 ? '' : ` set ${sets.join(', ')}`;
  return `load data local infile 'sluice' into table ${table} character set utf8mb4 fields terminated by '\\t' escaped by '\\\\' lines terminated by '\\n' (${targets.join(', ')})${set}`;
}

function kindOf(type: string): MysqlColumn['kind'] {
  if (type === 'bit' || type === 'date') return type;
  return /blob$|binary$/.test(type) ? 'binary' : 'plain';
}
