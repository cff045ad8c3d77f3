import { readFile } from 'node:fs/promises';
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import { DatabaseError } from '../errors/database-error.ts';

/** Which database it is. MariaDB is `mysql` too. */
export type Dialect = 'postgres' | 'mysql' | 'sqlite';

/** A server's address, as its URL gives it. */
export interface ServerTarget {
  readonly dialect: 'postgres' | 'mysql';
  readonly host: string;
  readonly port: number;
  /** Path of a Unix socket, instead of host and port. */
  readonly socketPath: string | undefined;
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string;
  readonly tls: TlsOptions | undefined;
}

/** A SQLite file, or `:memory:`. */
export interface FileTarget {
  readonly dialect: 'sqlite';
  readonly path: string;
  readonly isReadOnly: boolean;
}

const ADVICE =
  "write 'postgres://user:password@host:5432/database', 'mysql://…', 'mariadb://…', 'sqlite:file.db' or 'env:NAME'";

/**
 * What a database URL says. `env:NAME` is the URL in an environment variable, so that no password stands in a command line.
 *
 * @throws DatabaseError `SLUICE_DB_URL` for what is no such URL; the text itself is never repeated, as it may hold a password.
 */
export async function parseDatabaseUrl(url: string, tls?: boolean | TlsOptions): Promise<ServerTarget | FileTarget> {
  if (url.startsWith('env:')) {
    const name = url.slice('env:'.length);
    const value = process.env[name];
    if (value === undefined || value === '') throw urlError(`the environment variable ${name} is not set`);
    if (value.startsWith('env:')) throw urlError(`the environment variable ${name} points to another variable`);
    return await parseDatabaseUrl(value, tls);
  }
  const scheme = /^([a-z]+):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === 'sqlite') return fileTarget(url.slice('sqlite:'.length));
  if (scheme === 'postgres' || scheme === 'postgresql') return await serverTarget('postgres', url, 5432, tls);
  if (scheme === 'mysql' || scheme === 'mariadb') return await serverTarget('mysql', url, 3306, tls);
  throw urlError(scheme === undefined ? 'this is no database URL' : `no database is known by '${scheme}:'`);
}

async function serverTarget(
  dialect: 'postgres' | 'mysql',
  url: string,
  defaultPort: number,
  tls: boolean | TlsOptions | undefined,
): Promise<ServerTarget> {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    // The parse error is no cause here: its `input` is the URL with the password.
    throw urlError('the URL cannot be read (special characters in user and password are written as %40, %3A …)');
  }
  const query = parsed.searchParams;
  const socket = query.get('socket') ?? (query.get('host')?.startsWith('/') ? query.get('host') : null);
  const port = parsed.port === '' ? defaultPort : Number(parsed.port);
  const user = decode(parsed.username) || query.get('user') || (dialect === 'postgres' ? 'postgres' : 'root');
  return {
    dialect,
    host: parsed.hostname.replace(/^\[(.*)\]$/, '$1') || '127.0.0.1',
    port,
    socketPath: socket !== null && dialect === 'postgres' ? `${socket}/.s.PGSQL.${port}` : (socket ?? undefined),
    user,
    password: parsed.password === '' ? undefined : decode(parsed.password),
    database: decode(parsed.pathname.slice(1)) || (dialect === 'postgres' ? user : ''),
    tls: tls === undefined ? await tlsFromQuery(query) : tlsFromOption(tls),
  };
}

function tlsFromOption(tls: boolean | TlsOptions): TlsOptions | undefined {
  if (tls === false) return undefined;
  return tls === true ? {} : tls;
}

/** libpq's `sslmode`: `require` encrypts without looking at the certificate, `verify-full` checks it and the host's name. */
async function tlsFromQuery(query: URLSearchParams): Promise<TlsOptions | undefined> {
  const mode = query.get('sslmode') ?? query.get('ssl-mode') ?? 'disable';
  const rootCertificate = query.get('sslrootcert');
  const ca = rootCertificate === null ? {} : { ca: await readFile(rootCertificate) };
  switch (mode.toLowerCase()) {
    case 'disable':
      return undefined;
    case 'require':
      return { rejectUnauthorized: false };
    case 'verify-ca':
      return { ...ca, checkServerIdentity: () => undefined };
    case 'verify-full':
      return ca;
    default:
      throw urlError(`sslmode=${mode} is not known: use disable, require, verify-ca or verify-full`);
  }
}

function fileTarget(rest: string): FileTarget {
  const [path = '', query = ''] = rest.split('?', 2);
  const file = path.startsWith('//') ? path.slice(2) : path;
  if (file === '') throw urlError('the path of the SQLite file is missing');
  return {
    dialect: 'sqlite',
    path: decode(file),
    isReadOnly: new URLSearchParams(query).get('mode') === 'ro',
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw urlError("the URL holds a '%' that is not followed by two hexadecimal digits: write '%25' for '%'");
  }
}

function urlError(reason: string): DatabaseError {
  return new DatabaseError(`${reason}; ${ADVICE}`, { code: 'SLUICE_DB_URL' });
}
