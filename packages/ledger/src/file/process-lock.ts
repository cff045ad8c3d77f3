import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { resultCode } from './sqlite-error.ts';

const SQLITE_BUSY = 5;
const SQLITE_READONLY_DBMOVED = 1032;
const SQLITE_IOERR_FSTAT = 1802;
const MAX_TRIES = 20;

/**
 * The right to write one ledger: an exclusive lock of the operating system on a small SQLite file beside it, so that it dies with the
 * process, whatever ends it. The ledger's own file cannot carry it: readers would be locked out too.
 */
export class ProcessLock {
  readonly #path: string;
  readonly #database: DatabaseSync;

  private constructor(path: string, database: DatabaseSync) {
    this.#path = path;
    this.#database = database;
  }

  /** Takes the lock of the ledger at `ledgerPath`; undefined when another holder lives. Never waits. Throws SQLite's other errors. */
  static tryAcquire(ledgerPath: string): ProcessLock | undefined {
    const path = `${ledgerPath}-lock`;
    for (let tries = 1; ; tries++) {
      const database = new DatabaseSync(path, { timeout: 0 });
      try {
        lock(database, path);
        return new ProcessLock(path, database);
      } catch (error) {
        database.close();
        const code = resultCode(error);
        if ((code & 0xff) === SQLITE_BUSY) return undefined;
        // The last holder removed its file between our opening and our locking it: what we locked has no name any more.
        const isOrphan = code === SQLITE_READONLY_DBMOVED || code === SQLITE_IOERR_FSTAT;
        if (!isOrphan || tries === MAX_TRIES) throw error;
      }
    }
  }

  /** Removes the file and gives the lock up. Only the holder may remove it, so it does so while it still holds it. */
  release(): void {
    try {
      rmSync(this.#path, { force: true });
    } catch {
      // Windows keeps a file that is open; an unlocked file left behind harms nobody.
    }
    this.#database.close();
  }
}

/**
 * With EXCLUSIVE locking mode SQLite keeps the lock after COMMIT. The second write makes SQLite check that the path still names the file
 * that is open (it does so for a file with content, when it opens a rollback journal): the first write gives it the content.
 */
function lock(database: DatabaseSync, path: string): void {
  database.exec('BEGIN EXCLUSIVE; PRAGMA user_version = 1; COMMIT');
  database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; PRAGMA user_version = 2; COMMIT');
  database.exec('PRAGMA journal_mode = MEMORY');
  rmSync(`${path}-journal`, { force: true });
}
