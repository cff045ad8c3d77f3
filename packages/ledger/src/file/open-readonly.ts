import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { ledgerVersion, notALedger, notFound } from './identity.ts';
import { resultCode } from './sqlite-error.ts';

const SQLITE_CANTOPEN = 14;
const SQLITE_READONLY = 8;
const BUSY_TIMEOUT_MS = 5000;

/** Opens the ledger at `path` for reading only, beside a live writer or after a dead one. Throws a LedgerError when it is none. */
export function openReadonly(path: string): DatabaseSync {
  if (!existsSync(path)) throw notFound(path);
  const database = openAndTry(path);
  try {
    if (ledgerVersion(database, path) === 0) throw notALedger(path);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The process that the ledger says it is written by; null when it cannot be told. */
export function readOwnerPid(path: string): number | null {
  try {
    const database = openReadonly(path);
    try {
      return (database.prepare('SELECT owner_pid AS pid FROM run').get()?.pid as number | null | undefined) ?? null;
    } finally {
      database.close();
    }
  } catch {
    // The pid only makes a message more helpful: a ledger that is just being made has none yet.
    return null;
  }
}

/**
 * SQLite reads a file in WAL mode through an index file beside it. Where the folder allows none, and no log holds newer pages, the file
 * itself is the whole truth and may be read as immutable (sqlite.org/wal.html#readonly).
 */
function openAndTry(path: string): DatabaseSync {
  const options = { readOnly: true, timeout: BUSY_TIMEOUT_MS };
  const database = new DatabaseSync(path, options);
  try {
    database.exec('SELECT count(*) FROM sqlite_schema');
    return database;
  } catch (error) {
    database.close();
    const code = resultCode(error) & 0xff;
    if ((code !== SQLITE_CANTOPEN && code !== SQLITE_READONLY) || hasLog(path)) throw error;
    const url = pathToFileURL(path);
    url.search = 'immutable=1';
    return new DatabaseSync(url, options);
  }
}

function hasLog(path: string): boolean {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}
