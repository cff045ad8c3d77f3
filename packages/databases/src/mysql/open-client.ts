import { type Connection as Client, type ConnectionOptions, createConnection } from 'mysql2';
import type { ServerTarget } from '../connect/database-url.ts';
import { connectError, isTlsFailure } from '../errors/connect-error.ts';
import type { DatabaseError } from '../errors/database-error.ts';
import { toMysqlError } from './mysql-error.ts';
import { socketOf } from './socket-of.ts';

/**
 * Times are UTC, whatever the machine's zone. Strict, so that a value that does not fit is an error and never a silent change; and
 * backslashes escape, which the driver's quoting and LOAD DATA rely on.
 */
const SESSION_SETTINGS =
  "set time_zone = '+00:00', sql_mode = concat(replace(@@sql_mode, 'NO_BACKSLASH_ESCAPES', ''), ',STRICT_ALL_TABLES')";

/** A client of mysql2 that is being opened. */
export interface ClientOpening {
  readonly client: Client;
  readonly ready: Promise<Client>;
}

/** Begins to open a client with this package's settings. `ready` rejects with a DatabaseError that says what to do. */
export function openClient(target: ServerTarget, applicationName: string): ClientOpening {
  const client = createConnection({
    ...(target.socketPath === undefined ? { host: target.host, port: target.port } : { socketPath: target.socketPath }),
    user: target.user,
    ...(target.password === undefined ? {} : { password: target.password }),
    ...(target.database === '' ? {} : { database: target.database }),
    ...(target.tls === undefined
      ? {}
      : { ssl: { verifyIdentity: true, ...target.tls } as NonNullable<ConnectionOptions['ssl']> }),
    charset: 'utf8mb4',
    timezone: 'Z',
    dateStrings: ['DATE'],
    supportBigNumbers: true,
    bigNumberStrings: false,
    maxPreparedStatements: 100,
    connectTimeout: 0,
    connectAttributes: { program_name: applicationName },
  });
  client.on('error', () => {});
  const ready = new Promise<Client>((resolve, reject) => {
    const fail = (error: unknown): void => {
      client.destroy();
      reject(toConnectError(error, target));
    };
    client.on('error', fail);
    socketOf(client).once('close', () => fail(new Error('the connection was closed')));
    client.query(SESSION_SETTINGS, (error) => {
      client.removeListener('error', fail);
      if (error === null) resolve(client);
      else fail(error);
    });
  });
  return { client, ready };
}

/** `127.0.0.1:3306`, or the path of a socket. */
export function mysqlAddress(target: ServerTarget): string {
  return target.socketPath ?? `${target.host}:${target.port}`;
}

function toConnectError(error: unknown, target: ServerTarget): DatabaseError {
  const place = { product: 'MySQL', address: mysqlAddress(target), user: target.user, database: target.database };
  if (isTlsFailure(error)) return connectError(place, 'SLUICE_DB_TLS', error);
  return connectError(place, toMysqlError(error, place.address).code, error);
}
