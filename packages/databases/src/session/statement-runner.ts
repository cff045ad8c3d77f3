import { UsageError } from '@sluice/core';
import type { Dialect } from '../connect/database-url.ts';
import type { Row, StatementResult } from '../connection/connection.ts';
import type { ExecuteResult, Queryable, StreamOptions, Transaction, TransactionOptions } from '../database.ts';
import { DatabaseError } from '../errors/database-error.ts';
import { Sql, type Statement } from '../sql/sql.ts';
import { runTransaction } from './run-transaction.ts';
import type { Session } from './session.ts';

/** A session for a while. */
export interface SessionLease {
  readonly session: Session;
  /** Gives it back; never throws. */
  release(): Promise<void>;
}

/** What a database and a transaction have in common: everything but where the session comes from. */
export abstract class StatementRunner implements Queryable {
  readonly dialect: Dialect;

  constructor(dialect: Dialect) {
    this.dialect = dialect;
  }

  protected abstract lease(): Promise<SessionLease>;

  async query<T = Row>(statement: string | Sql, parameters?: readonly unknown[]): Promise<T[]> {
    return (await this.#run(statement, parameters)).rows as T[];
  }

  async one<T = Row>(statement: string | Sql, parameters?: readonly unknown[]): Promise<T> {
    const rows = await this.query<T>(statement, parameters);
    if (rows.length !== 1) throw rowCountError('exactly one row', rows.length);
    return rows[0]!;
  }

  async maybeOne<T = Row>(statement: string | Sql, parameters?: readonly unknown[]): Promise<T | undefined> {
    const rows = await this.query<T>(statement, parameters);
    if (rows.length > 1) throw rowCountError('at most one row', rows.length);
    return rows[0];
  }

  async execute(statement: string | Sql, parameters?: readonly unknown[]): Promise<ExecuteResult> {
    const { rowsAffected, insertId } = await this.#run(statement, parameters);
    return { rowsAffected, insertId };
  }

  sql<T = Row>(texts: TemplateStringsArray, ...values: unknown[]): Promise<T[]> {
    return this.query<T>(new Sql(texts, values));
  }

  async *stream<T = Row>(
    statement: string | Sql,
    parameters?: readonly unknown[],
    options: StreamOptions = {},
  ): AsyncGenerator<T, void, undefined> {
    const { pageRows = 500 } = options;
    if (!Number.isInteger(pageRows) || pageRows < 1) {
      throw new UsageError(`pageRows must be a whole number of 1 or more, not ${String(pageRows)}`);
    }
    const { text, parameters: values } = this.#toStatement(statement, parameters);
    const { session, release } = await this.lease();
    try {
      yield* session.stream(text, values, pageRows) as AsyncGenerator<T, void, undefined>;
    } finally {
      await release();
    }
  }

  tx<T>(body: (transaction: Transaction) => T | PromiseLike<T>, options: TransactionOptions = {}): Promise<T> {
    return this.withSession((session) =>
      runTransaction(session, (level) => body(new OpenTransaction(session, level)), options),
    );
  }

  /** Runs `body` on one connection: of a database a fresh one, of a transaction its own. */
  async withSession<T>(body: (session: Session) => Promise<T>): Promise<T> {
    const { session, release } = await this.lease();
    try {
      return await body(session);
    } finally {
      await release();
    }
  }

  #run(statement: string | Sql, parameters: readonly unknown[] | undefined): Promise<StatementResult> {
    return this.withSession((session) => {
      const { text, parameters: values } = this.#toStatement(statement, parameters);
      return session.run(text, values);
    });
  }

  #toStatement(statement: string | Sql, parameters: readonly unknown[] = []): Statement {
    if (typeof statement === 'string') return { text: statement, parameters };
    if (statement instanceof Sql) return statement.toStatement(this.dialect);
    throw new UsageError('a statement is a text or an sql`…` template');
  }
}

function rowCountError(expected: string, count: number): DatabaseError {
  return new DatabaseError(`the statement should give ${expected} but gave ${count}`, { code: 'SLUICE_DB_ROW_COUNT' });
}

/** The handle that a transaction's function works with. */
class OpenTransaction extends StatementRunner implements Transaction {
  readonly #session: Session;
  readonly #level: number;

  constructor(session: Session, level: number) {
    super(session.connection.dialect);
    this.#session = session;
    this.#level = level;
  }

  protected lease(): Promise<SessionLease> {
    const { depth } = this.#session;
    if (depth < this.#level)
      return Promise.reject(new UsageError('this transaction has ended: its handle ends with its function'));
    if (depth > this.#level) {
      return Promise.reject(
        new UsageError(
          'a nested transaction is open: use the handle that its function was given, and nest one at a time',
        ),
      );
    }
    return Promise.resolve({ session: this.#session, release: () => Promise.resolve() });
  }
}
