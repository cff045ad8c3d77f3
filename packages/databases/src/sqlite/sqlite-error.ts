import { DatabaseError, type DatabaseErrorCode } from '../errors/database-error.ts';
import type { SqliteFailure } from './messages.ts';

/** By the primary result code. Source: https://www.sqlite.org/rescode.html */
const BY_RESULT: Readonly<Record<number, DatabaseErrorCode>> = {
  1: 'SLUICE_DB_SYNTAX',
  3: 'SLUICE_DB_PERMISSION',
  5: 'SLUICE_DB_LOCK_TIMEOUT',
  6: 'SLUICE_DB_LOCK_TIMEOUT',
  8: 'SLUICE_DB_PERMISSION',
  9: 'SLUICE_DB_INTERRUPTED',
  14: 'SLUICE_DB_UNREACHABLE',
  18: 'SLUICE_DB_VALUE',
  19: 'SLUICE_DB_CONSTRAINT',
  20: 'SLUICE_DB_VALUE',
  23: 'SLUICE_DB_PERMISSION',
  25: 'SLUICE_DB_VALUE',
  26: 'SLUICE_DB_NO_DATABASE',
};

/** The result code that the thread gives to a statement that it was told to end. */
export const SQLITE_INTERRUPT = 9;

/** The DatabaseError for a failure in the SQLite thread. */
export function toSqliteError({ message, errcode, batchRow }: SqliteFailure): DatabaseError {
  const code = errcode === undefined ? 'SLUICE_DB_VALUE' : (BY_RESULT[errcode & 0xff] ?? 'SLUICE_DB_STATEMENT');
  return new DatabaseError(message, { code, nativeCode: errcode, batchRow, ...namesIn(message) });
}

/** "UNIQUE constraint failed: people.id, people.name", "CHECK constraint failed: age_is_positive", "cannot store TEXT value in INTEGER column people.age" */
function namesIn(message: string): { constraint?: string; table?: string; column?: string } {
  const columns = /^(?:UNIQUE|NOT NULL) constraint failed: ([^.,]+)\.([^,]+)/.exec(message);
  if (columns !== null) return { table: columns[1]!, column: columns[2]! };
  const check = /^CHECK constraint failed: (.+)$/.exec(message);
  if (check !== null) return { constraint: check[1]! };
  const stored = /column ([^.]+)\.(.+)$/.exec(message);
  return stored === null ? {} : { table: stored[1]!, column: stored[2]! };
}
