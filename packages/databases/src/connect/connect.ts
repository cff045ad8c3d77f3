import type { ConnectionOptions as TlsOptions } from 'node:tls';
import { type Duration, parseDuration, UsageError } from '@sluice/core';
import type { Database } from '../database.ts';
import { Killer } from '../mysql/killer.ts';
import { MysqlConnection, mysqlLabel } from '../mysql/mysql-connection.ts';
import { type Opening, Pool } from '../pool/pool.ts';
import { PooledDatabase } from '../pooled-database.ts';
import { PostgresConnection, postgresLabel } from '../postgres/postgres-connection.ts';
import { SqliteConnection, sqliteLabel } from '../sqlite/sqlite-connection.ts';
import { type FileTarget, parseDatabaseUrl, type ServerTarget } from './database-url.ts';

export interface ConnectOptions {
  /** The most connections at once. Default 10; SQLite 4 (each is a thread), and always 1 for `:memory:`. */
  readonly pool?: number;
  /** How long opening a connection may take. Default `'10s'`. */
  readonly connectTimeout?: Duration;
  /** A connection older than this is replaced before its next use, so that load balancers and changed passwords are followed. Default `'30min'`. */
  readonly maxLifetime?: Duration;
  /** A connection that lay idle for longer is asked whether it still lives before it is used. Default `'1s'`. */
  readonly checkIdleAfter?: Duration;
  /** TLS settings; they win over `sslmode` in the URL. `true` verifies certificate and name. Not for SQLite. */
  readonly tls?: boolean | TlsOptions;
  /** What the server shows as the client's name. Default `sluice`. */
  readonly applicationName?: string;
  /** How long SQLite waits for another writer's lock. Default `'5s'`. */
  readonly busyTimeout?: Duration;
}

interface Driver {
  readonly label: string;
  readonly defaultSize: number;
  open(): Opening;
  close(): Promise<void>;
}

/**
 * Opens a database and tries one connection, so that a wrong URL, password or name is told here. The URL is `postgres://…`, `mysql://…`,
 * `mariadb://…`, `sqlite:path`, `sqlite::memory:`, or `env:NAME` for a variable that holds one.
 *
 * @throws DatabaseError `SLUICE_DB_URL`, `SLUICE_DB_UNREACHABLE`, `SLUICE_DB_AUTH`, `SLUICE_DB_NO_DATABASE`, `SLUICE_DB_TLS`, `SLUICE_DB_TOO_MANY_CONNECTIONS`; CancelledError.
 * @example
 * await using db = await connect('env:DATABASE_URL', { pool: 10 });
 * const people = await db.sql<Person>`select * from people where age > ${18}`;
 */
export async function connect(url: string, options: ConnectOptions = {}): Promise<Database> {
  const target = await parseDatabaseUrl(url, options.tls);
  const driver = driverFor(target, options);
  const size = options.pool ?? driver.defaultSize;
  if (!Number.isInteger(size) || size < 1)
    throw new UsageError(`pool must be a whole number of 1 or more, not ${String(size)}`);
  const pool = new Pool(() => driver.open(), {
    size: isInMemory(target) ? 1 : size,
    connectTimeoutMs: parseDuration(options.connectTimeout ?? '10s'),
    maxLifetimeMs: isInMemory(target) ? Number.POSITIVE_INFINITY : parseDuration(options.maxLifetime ?? '30min'),
    checkIdleAfterMs: parseDuration(options.checkIdleAfter ?? '1s'),
    label: driver.label,
  });
  const { release } = await pool.acquire();
  await release();
  return new PooledDatabase(target.dialect, pool, () => driver.close());
}

function isInMemory(target: ServerTarget | FileTarget): boolean {
  return target.dialect === 'sqlite' && target.path === ':memory:';
}

function driverFor(target: ServerTarget | FileTarget, options: ConnectOptions): Driver {
  const applicationName = options.applicationName ?? 'sluice';
  if (target.dialect === 'sqlite') {
    const busyTimeoutMs = parseDuration(options.busyTimeout ?? '5s');
    return {
      label: sqliteLabel(target),
      defaultSize: 4,
      open: () => SqliteConnection.open(target, busyTimeoutMs),
      close: () => Promise.resolve(),
    };
  }
  if (target.dialect === 'mysql') {
    const killer = new Killer(target, applicationName);
    return {
      label: mysqlLabel(target),
      defaultSize: 10,
      open: () => MysqlConnection.open(target, applicationName, killer),
      close: () => killer.close(),
    };
  }
  return {
    label: postgresLabel(target),
    defaultSize: 10,
    open: () => PostgresConnection.open(target, applicationName),
    close: () => Promise.resolve(),
  };
}
