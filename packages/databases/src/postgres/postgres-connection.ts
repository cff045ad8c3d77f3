import pg from 'pg';
import PgCursor from 'pg-cursor';
import type { ServerTarget } from '../connect/database-url.ts';
import type { Connection, Cursor, Row, StatementResult } from '../connection/connection.ts';
import { connectError, isTlsFailure } from '../errors/connect-error.ts';
import { DatabaseError } from '../errors/database-error.ts';
import type { Opening } from '../pool/pool.ts';
import { type BackendKey, sendCancelRequest } from './cancel-request.ts';
import { CopyIn } from './copy-in.ts';
import { toPostgresError } from './postgres-error.ts';
import { toPostgresParameter, valueParsers } from './value-parsers.ts';

const QUERY_CANCELED = '57014';

/** What pg's client knows beyond its types. */
interface BackendFacts {
  readonly processID: number;
  readonly secretKey: number;
}

/** A PostgreSQL connection on pg's client. */
export class PostgresConnection implements Connection {
  readonly dialect = 'postgres';
  readonly label: string;
  readonly #client: pg.Client;
  readonly #target: ServerTarget;
  #isAlive = true;

  private constructor(client: pg.Client, target: ServerTarget) {
    this.#client = client;
    this.#target = target;
    this.label = postgresLabel(target);
    const end = (): void => {
      this.#isAlive = false;
    };
    client.on('end', end);
    client.on('error', end);
  }

  /** Begins to open a connection. */
  static open(target: ServerTarget, applicationName: string): Opening {
    const client = new pg.Client({
      host: target.socketPath === undefined ? target.host : target.socketPath.replace(/\/\.s\.PGSQL\.\d+$/, ''),
      port: target.port,
      user: target.user,
      // An empty password keeps pg from looking for a password file.
      password: target.password ?? '',
      database: target.database,
      ssl: target.tls ?? false,
      application_name: applicationName,
      types: valueParsers,
      keepAlive: true,
    });
    const ready = client.connect().then(
      () => new PostgresConnection(client, target),
      (error: unknown) => {
        cut(client);
        throw toConnectError(error, target);
      },
    );
    // A failed opening may end its socket with a second error, which nobody listens to.
    client.on('error', () => {});
    return { ready, abort: () => cut(client) };
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get hasOpenTransaction(): boolean {
    return this.#isAlive && this.#client.getTransactionStatus() !== 'I';
  }

  /** The backend's process id, as `pg_stat_activity` shows it. */
  get backend(): BackendKey {
    const { processID, secretKey } = this.#client as unknown as BackendFacts;
    return { processId: processID, secretKey };
  }

  async run(sql: string, parameters: readonly unknown[]): Promise<StatementResult> {
    try {
      const answer = await this.#client.query<Row>(sql, parameters.map(toPostgresParameter));
      // Several statements in one text give several results; the last one counts.
      const { rows, rowCount, command } = Array.isArray(answer) ? (answer.at(-1) as typeof answer) : answer;
      return { rows, rowsAffected: rowCount ?? 0, insertId: undefined, info: command ?? '' };
    } catch (error) {
      throw this.#failed(error);
    }
  }

  openCursor(sql: string, parameters: readonly unknown[], pageRows: number): Cursor {
    const cursor = this.#client.query(
      new PgCursor<Row>(sql, parameters.map(toPostgresParameter), { types: valueParsers }),
    );
    let hasFailed = false;
    return {
      read: async () => {
        try {
          return await cursor.read(pageRows);
        } catch (error) {
          hasFailed = true;
          throw this.#failed(error);
        }
      },
      close: async () => {
        if (!hasFailed && this.#isAlive) await cursor.close();
      },
    };
  }

  /** Runs one COPY with its data; the number of rows. */
  copyIn(statement: string, data: Buffer): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#client.query(
        new CopyIn(statement, data, (error, rows) => {
          if (error === undefined) resolve(rows);
          else reject(this.#failed(error));
        }),
      );
    });
  }

  interrupt(): Promise<void> {
    return sendCancelRequest(this.#target, this.backend);
  }

  async verify(): Promise<void> {
    try {
      await this.run('select 1', []);
    } catch (error) {
      // A request to cancel that arrived late hit this statement instead.
      if ((error as DatabaseError).sqlState !== QUERY_CANCELED) throw error;
      await this.run('select 1', []);
    }
    if (!this.hasOpenTransaction) return;
    throw new DatabaseError(`a transaction was left open on a connection to ${this.label}`, {
      code: 'SLUICE_DB_TRANSACTION_ABORTED',
    });
  }

  async close(): Promise<void> {
    this.#isAlive = false;
    await this.#client.end().catch(() => {});
  }

  destroy(): void {
    this.#isAlive = false;
    cut(this.#client);
  }

  #failed(error: unknown): DatabaseError {
    const failure = toPostgresError(error, this.label);
    // The server tells a statement that it ends the connection before it closes it: a statement of somebody else must not come between.
    if (failure.code === 'SLUICE_DB_CONNECTION_LOST') this.destroy();
    return failure;
  }
}

/** How messages name the server. */
export function postgresLabel(target: ServerTarget): string {
  return `PostgreSQL at ${target.socketPath ?? `${target.host}:${target.port}`}`;
}

function cut(client: pg.Client): void {
  (client.connection as unknown as { stream: { destroy(): void } }).stream.destroy();
}

function toConnectError(error: unknown, target: ServerTarget): DatabaseError {
  const place = {
    product: 'PostgreSQL',
    address: target.socketPath ?? `${target.host}:${target.port}`,
    user: target.user,
    database: target.database,
  };
  if (isTlsFailure(error)) return connectError(place, 'SLUICE_DB_TLS', error);
  // A server that wants a password and was given none: pg complains before the server does.
  if (error instanceof Error && error.message.includes('client password must be')) {
    return connectError(place, 'SLUICE_DB_AUTH', error);
  }
  return connectError(place, toPostgresError(error, place.address).code, error);
}
