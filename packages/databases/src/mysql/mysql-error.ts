import { DatabaseError, type DatabaseErrorCode } from '../errors/database-error.ts';
import { connectionLost } from '../errors/lost-connection.ts';

interface ServerError extends Error {
  readonly errno?: number;
  readonly code?: string;
  readonly sqlState?: string;
  readonly sqlMessage?: string;
}

/** What a server's error number means. Source: MySQL 8.4 Error Message Reference; the numbers are MariaDB's too. */
const BY_NUMBER: Readonly<Record<number, DatabaseErrorCode>> = {
  1040: 'SLUICE_DB_TOO_MANY_CONNECTIONS',
  1203: 'SLUICE_DB_TOO_MANY_CONNECTIONS',
  1044: 'SLUICE_DB_PERMISSION',
  1045: 'SLUICE_DB_AUTH',
  1142: 'SLUICE_DB_PERMISSION',
  1227: 'SLUICE_DB_PERMISSION',
  1698: 'SLUICE_DB_AUTH',
  1049: 'SLUICE_DB_NO_DATABASE',
  1213: 'SLUICE_DB_DEADLOCK',
  1020: 'SLUICE_DB_SERIALIZATION',
  1205: 'SLUICE_DB_LOCK_TIMEOUT',
  3572: 'SLUICE_DB_LOCK_TIMEOUT',
  1317: 'SLUICE_DB_INTERRUPTED',
  1969: 'SLUICE_DB_INTERRUPTED',
  3024: 'SLUICE_DB_INTERRUPTED',
  1927: 'SLUICE_DB_CONNECTION_LOST',
  1053: 'SLUICE_DB_CONNECTION_LOST',
  1048: 'SLUICE_DB_CONSTRAINT',
  1062: 'SLUICE_DB_CONSTRAINT',
  1364: 'SLUICE_DB_CONSTRAINT',
  1451: 'SLUICE_DB_CONSTRAINT',
  1452: 'SLUICE_DB_CONSTRAINT',
  3819: 'SLUICE_DB_CONSTRAINT',
  4025: 'SLUICE_DB_CONSTRAINT',
  1264: 'SLUICE_DB_VALUE',
  1265: 'SLUICE_DB_VALUE',
  1292: 'SLUICE_DB_VALUE',
  1366: 'SLUICE_DB_VALUE',
  1406: 'SLUICE_DB_VALUE',
  1411: 'SLUICE_DB_VALUE',
  1690: 'SLUICE_DB_VALUE',
  3140: 'SLUICE_DB_VALUE',
};

/** The DatabaseError for what mysql2 gave. */
export function toMysqlError(error: unknown, label: string): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const { errno, sqlState, message, sqlMessage } = error as ServerError;
  // What has no SQLSTATE comes from the socket or the driver: the connection cannot be trusted any more.
  if (typeof errno !== 'number' || sqlState === undefined) return connectionLost(label, error);
  const code = BY_NUMBER[errno] ?? codeOfState(sqlState);
  if (code === 'SLUICE_DB_CONNECTION_LOST') return connectionLost(label, error);
  const text = sqlMessage ?? message;
  return new DatabaseError(text, { code, cause: error, sqlState, nativeCode: errno, ...namesIn(text) });
}

function codeOfState(sqlState: string): DatabaseErrorCode {
  if (sqlState.startsWith('22')) return 'SLUICE_DB_VALUE';
  if (sqlState.startsWith('23')) return 'SLUICE_DB_CONSTRAINT';
  if (sqlState.startsWith('42')) return 'SLUICE_DB_SYNTAX';
  return 'SLUICE_DB_STATEMENT';
}

/** MySQL puts names into its messages only: "Duplicate entry '1' for key 'PRIMARY'", "Incorrect integer value: 'x' for column `db`.`t`.`age` at row 3". */
function namesIn(message: string): { constraint?: string; column?: string; batchRow?: number } {
  const constraint = /for key '([^']+)'|CONSTRAINT `([^`]+)` failed|CONSTRAINT `([^`]+)` FOREIGN KEY/.exec(message);
  const column = /[Cc]olumn ['`](?:[^'`]+`\.`)*([^'`]+)['`]/.exec(message);
  const row = / at row (\d+)$/.exec(message);
  return {
    ...(constraint === null ? {} : { constraint: (constraint[1] ?? constraint[2] ?? constraint[3])! }),
    ...(column === null ? {} : { column: column[1]! }),
    ...(row === null ? {} : { batchRow: Number(row[1]) - 1 }),
  };
}
