import { constants, type DatabaseSync, type StatementSync } from 'node:sqlite';
import { LedgerError } from '../errors.ts';
import { resultCode, toLedgerError } from '../file/sqlite-error.ts';

const ALLOWED_ACTIONS: ReadonlySet<number> = new Set([
  constants.SQLITE_SELECT,
  constants.SQLITE_READ,
  constants.SQLITE_FUNCTION,
  constants.SQLITE_RECURSIVE,
]);

/** Pragmas that look and change nothing. */
const ALLOWED_PRAGMAS: ReadonlySet<string> = new Set([
  'application_id',
  'compile_options',
  'data_version',
  'foreign_key_list',
  'freelist_count',
  'function_list',
  'index_info',
  'index_list',
  'index_xinfo',
  'integrity_check',
  'page_count',
  'page_size',
  'pragma_list',
  'quick_check',
  'table_info',
  'table_list',
  'table_xinfo',
  'user_version',
]);

const SQLITE_AUTH = 23;
/** Result codes that say something of the file, not of the statement: busy, locked, I/O, corrupt, cannot open, not a database. */
const FILE_CODES: ReadonlySet<number> = new Set([5, 6, 10, 11, 14, 26]);

/** What may follow the one statement: semicolons, white space, comments. */
const EMPTY_TAIL = /^(?:[\s;]|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*$/;

/** Lets statements of `database` look only: no ATTACH, no writing (temporary tables included), no pragma that sets anything. */
export function guardReads(database: DatabaseSync): void {
  database.exec('PRAGMA query_only = 1; PRAGMA trusted_schema = 0');
  database.setAuthorizer((action, name, value) => {
    if (ALLOWED_ACTIONS.has(action)) return constants.SQLITE_OK;
    // These two take a number that changes the file; the others take the name of what to look at.
    const sets = value !== null && (name === 'user_version' || name === 'application_id' || name === 'page_size');
    const isHarmless = action === constants.SQLITE_PRAGMA && name !== null && ALLOWED_PRAGMAS.has(name) && !sets;
    return isHarmless ? constants.SQLITE_OK : constants.SQLITE_DENY;
  });
}

/** Prepares a user's statement. Throws a LedgerError when it is wrong, does more than read, or is more than one statement. */
export function prepareRead(database: DatabaseSync, sql: string): StatementSync {
  const statement = database.prepare(sql);
  const tail = sql.slice(sql.indexOf(statement.sourceSQL) + statement.sourceSQL.length);
  if (!EMPTY_TAIL.test(tail)) {
    throw new LedgerError(`one statement at a time: '${excerpt(tail.trim())}' follows the first; run it by itself`, {
      code: 'SLUICE_LEDGER_SQL',
    });
  }
  return statement;
}

/** The LedgerError for what a user's statement threw. */
export function readError(error: unknown, sql: string, path: string): LedgerError {
  if (error instanceof LedgerError) return error;
  const code = resultCode(error) & 0xff;
  if (FILE_CODES.has(code)) return toLedgerError(error, path);
  const reason =
    code === SQLITE_AUTH
      ? 'only statements that read are allowed on a ledger; copy the file to change it'
      : (error as Error).message;
  return new LedgerError(`cannot run '${excerpt(sql)}': ${reason}`, { code: 'SLUICE_LEDGER_SQL', cause: error });
}

function excerpt(sql: string): string {
  const line = sql.replace(/\s+/g, ' ').trim();
  return line.length > 120 ? `${line.slice(0, 117)}…` : line;
}
