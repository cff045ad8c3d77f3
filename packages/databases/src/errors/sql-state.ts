import type { DatabaseErrorCode } from './database-error.ts';

/** PostgreSQL's SQLSTATEs that mean something else than their class. Source: PostgreSQL documentation, appendix A. */
const EXACT: Readonly<Record<string, DatabaseErrorCode>> = {
  '40P01': 'SLUICE_DB_DEADLOCK',
  '40001': 'SLUICE_DB_SERIALIZATION',
  '55P03': 'SLUICE_DB_LOCK_TIMEOUT',
  '57014': 'SLUICE_DB_INTERRUPTED',
  '57P01': 'SLUICE_DB_CONNECTION_LOST',
  '57P02': 'SLUICE_DB_CONNECTION_LOST',
  '57P03': 'SLUICE_DB_UNREACHABLE',
  '53300': 'SLUICE_DB_TOO_MANY_CONNECTIONS',
  '3D000': 'SLUICE_DB_NO_DATABASE',
  '42501': 'SLUICE_DB_PERMISSION',
  '25P02': 'SLUICE_DB_TRANSACTION_ABORTED',
  '42804': 'SLUICE_DB_VALUE',
};

const BY_CLASS: Readonly<Record<string, DatabaseErrorCode>> = {
  '08': 'SLUICE_DB_CONNECTION_LOST',
  '22': 'SLUICE_DB_VALUE',
  '23': 'SLUICE_DB_CONSTRAINT',
  '28': 'SLUICE_DB_AUTH',
  '42': 'SLUICE_DB_SYNTAX',
  '44': 'SLUICE_DB_CONSTRAINT',
};

/** The code for a PostgreSQL SQLSTATE. */
export function codeOfSqlState(sqlState: string): DatabaseErrorCode {
  return EXACT[sqlState] ?? BY_CLASS[sqlState.slice(0, 2)] ?? 'SLUICE_DB_STATEMENT';
}
