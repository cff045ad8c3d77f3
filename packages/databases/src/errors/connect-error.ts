import { DatabaseError, type DatabaseErrorCode } from './database-error.ts';

/** Where a connection goes, as messages name it: never with a password. */
export interface Place {
  /** `PostgreSQL`, `MySQL`, `SQLite`. */
  readonly product: string;
  /** `127.0.0.1:5432`, or the path of a socket or file. */
  readonly address: string;
  readonly user: string;
  readonly database: string;
}

/** The error for a connection that could not be opened: one clear sentence and what to do about it. */
export function connectError(place: Place, code: DatabaseErrorCode, cause: unknown): DatabaseError {
  const { product, address, user, database } = place;
  const reason = cause instanceof Error ? describe(cause) : String(cause);
  const details = { code, cause, sqlState: textOf(cause, 'sqlState') ?? textOf(cause, 'code') };
  switch (code) {
    case 'SLUICE_DB_AUTH':
      return new DatabaseError(
        `${product} at ${address} refused user '${user}': ${reason}. Check user and password in the URL`,
        details,
      );
    case 'SLUICE_DB_NO_DATABASE':
      return new DatabaseError(
        `${product} at ${address} has no database '${database}': create it, or correct the name in the URL`,
        details,
      );
    case 'SLUICE_DB_TOO_MANY_CONNECTIONS':
      return new DatabaseError(
        `${product} at ${address} takes no more connections: ${reason}. Lower \`pool\`, or raise the server's limit`,
        details,
      );
    case 'SLUICE_DB_TLS':
      return new DatabaseError(
        `no secure connection to ${product} at ${address}: ${reason}. Check \`sslmode\` in the URL and the server's certificate`,
        details,
      );
    default:
      return new DatabaseError(
        `cannot reach ${product} at ${address}: ${reason}. Check that the server runs there, and host and port in the URL`,
        { ...details, code: 'SLUICE_DB_UNREACHABLE' },
      );
  }
}

const TLS_CODE =
  /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|HANDSHAKE_SSL|HANDSHAKE_NO_SSL)/;

/** Whether the error comes from the TLS layer or from its negotiation. */
export function isTlsFailure(error: unknown): boolean {
  const code = textOf(error, 'code');
  if (code !== undefined && TLS_CODE.test(code)) return true;
  return error instanceof Error && /\bSSL\b/.test(error.message);
}

function describe(error: Error): string {
  // A refused connection to a name with two addresses is an AggregateError without a message.
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.map((inner) => (inner as Error).message).join(', ');
  }
  return error.message;
}

function textOf(error: unknown, property: string): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value = (error as Record<string, unknown>)[property];
  return typeof value === 'string' ? value : undefined;
}
